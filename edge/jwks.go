package edge

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"golang.org/x/time/rate"
)

const (
	// refetchEvery is the least time between two readings, however many unknown
	// keys are shown.
	refetchEvery = 10 * time.Second

	// maxKeyAge is how old the keys grow before they are read again, so that a
	// withdrawn key is forgotten.
	maxKeyAge = 15 * time.Minute

	// readKeysFor is the time for one reading.
	readKeysFor = 5 * time.Second
)

// A jwks is the public keys of an issuer, read again when somebody shows a key
// it does not know, or when they are old. It is the storage keyfunc asks.
type jwks struct {
	jwkset.Storage // the keys known; replaced as a whole

	read   func(context.Context) ([]byte, error)
	now    func() time.Time
	again  *rate.Limiter // how often read may be called
	turn   chan struct{} // holds one token: whoever took it may read
	readAt atomic.Int64  // Unix nanoseconds of the last good reading
}

func newJWKS(ctx context.Context, opt JWTOptions) (*jwks, error) {
	read, err := jwksReader(opt.JWKS)
	if err != nil {
		return nil, err
	}
	k := &jwks{
		Storage: jwkset.NewMemoryStorage(), read: read, now: opt.Now,
		again: rate.NewLimiter(rate.Every(refetchEvery), 1), turn: make(chan struct{}, 1),
	}
	k.turn <- struct{}{}
	if err := k.reload(ctx); err != nil {
		return nil, fmt.Errorf("read the JWKS: %w", err)
	}
	return k, nil
}

// KeyRead returns the key of that id. An unknown id makes it read the set
// again, unless that happened a moment ago; callers that come meanwhile wait
// for the same reading, so a rotation fails nobody.
func (k *jwks) KeyRead(ctx context.Context, kid string) (jwkset.JWK, error) {
	k.refreshIfOld()
	key, err := k.Storage.KeyRead(ctx, kid)
	if !errors.Is(err, jwkset.ErrKeyNotFound) {
		return key, err
	}
	select {
	case <-k.turn:
	case <-ctx.Done():
		return jwkset.JWK{}, ctx.Err()
	}
	defer func() { k.turn <- struct{}{} }()
	if key, err = k.Storage.KeyRead(ctx, kid); err == nil || !k.again.AllowN(k.now(), 1) {
		return key, err
	}
	// The reading serves all who wait, so the first one's leaving does not end it.
	if k.reload(context.WithoutCancel(ctx)) != nil {
		return jwkset.JWK{}, err
	}
	return k.Storage.KeyRead(ctx, kid)
}

// KeyReadAll returns every key, for tokens that name none.
func (k *jwks) KeyReadAll(ctx context.Context) ([]jwkset.JWK, error) {
	k.refreshIfOld()
	return k.Storage.KeyReadAll(ctx)
}

// refreshIfOld starts a reading in the background, if none is under way and one
// is allowed. A failed one is tried again at the next use.
func (k *jwks) refreshIfOld() {
	if k.now().Sub(time.Unix(0, k.readAt.Load())) < maxKeyAge {
		return
	}
	select {
	case <-k.turn:
	default:
		return
	}
	if !k.again.AllowN(k.now(), 1) {
		k.turn <- struct{}{}
		return
	}
	go func() {
		defer func() { k.turn <- struct{}{} }()
		k.reload(context.Background()) // on an error the known keys stay
	}()
}

// reload replaces the keys, or leaves them as they are on an error.
func (k *jwks) reload(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readKeysFor)
	defer cancel()
	text, err := k.read(ctx)
	if err != nil {
		return err
	}
	keys, err := usableKeys(text)
	if err != nil {
		return err
	}
	k.readAt.Store(k.now().UnixNano())
	return k.KeyReplaceAll(ctx, keys)
}
