package edge

import (
	"context"
	"errors"

	"github.com/MicahParks/jwkset"
)

// KeyRead returns the key with that id. For an unknown id it reads the set again, unless that
// happened a moment ago. Other callers wait for the same read, so a key rotation rejects nobody.
func (k *JWKS) KeyRead(ctx context.Context, kid string) (jwkset.JWK, error) {
	k.refreshIfOld()
	key, err := k.cachedKey(ctx, kid)
	if err == nil || !errors.Is(err, jwkset.ErrKeyNotFound) && !errors.Is(err, errNoJWKS) {
		return key, err
	}
	select {
	case <-k.readLock:
	case <-ctx.Done():
		return jwkset.JWK{}, ctx.Err()
	}
	defer func() { k.readLock <- struct{}{} }()
	if key, err = k.cachedKey(ctx, kid); err == nil || !k.limiter.AllowN(k.now(), 1) {
		return key, err
	}
	// The read serves all waiting callers, so it continues when the first one leaves.
	if failed := k.reload(context.WithoutCancel(ctx)); failed != nil {
		k.logFailure(failed)
		return jwkset.JWK{}, err
	}
	return k.cachedKey(ctx, kid)
}

// cachedKey is KeyRead without reading the set.
func (k *JWKS) cachedKey(ctx context.Context, kid string) (jwkset.JWK, error) {
	if !k.valid() {
		return jwkset.JWK{}, errNoJWKS
	}
	return k.Storage.KeyRead(ctx, kid)
}

// KeyReadAll returns every key, for tokens that name no key.
func (k *JWKS) KeyReadAll(ctx context.Context) ([]jwkset.JWK, error) {
	k.refreshIfOld()
	if !k.valid() {
		return nil, errNoJWKS
	}
	return k.Storage.KeyReadAll(ctx)
}
