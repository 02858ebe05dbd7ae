package edge

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"golang.org/x/time/rate"
)

const (
	// refetchEvery is the least time between two readings that callers cause, however
	// many unknown keys they show, and the time between two of Retry.
	refetchEvery = 10 * time.Second

	// maxKeyAge is how old the keys grow before they are read again, so that a
	// withdrawn key is forgotten.
	maxKeyAge = 15 * time.Minute

	// trustKeysFor is how long the keys stay in force while they cannot be read
	// again: an issuer that is down for a night takes no caller with it.
	trustKeysFor = 24 * time.Hour

	// readKeysFor is the time for one reading.
	readKeysFor = 5 * time.Second
)

var errNoJWKS = errors.New("the issuer's public keys have not been read, or too long ago")

// A JWKS is the public keys of an issuer, read again when somebody shows a key
// it does not know, or when they are old. A reading that fails leaves the known keys in
// force for trustKeysFor. It is the storage keyfunc asks.
type JWKS struct {
	jwkset.Storage // the keys known; replaced as a whole

	read     func(context.Context) ([]byte, error)
	now      func() time.Time
	log      *slog.Logger
	again    *rate.Limiter // how often callers may cause a reading
	turn     chan struct{} // holds one token: whoever took it may read
	readAt   atomic.Int64  // Unix nanoseconds of the last good reading; 0: none yet
	failures atomic.Uint64 // readings that failed
	failing  atomic.Bool   // the last one did
	retrying atomic.Bool   // Retry runs
}

// NewJWKS returns the keys at where, an http(s) URL or the path of a file. It reads
// nothing yet. log, which must not be nil, is told when a later reading fails, and when
// one is good again.
func NewJWKS(where string, log *slog.Logger) (*JWKS, error) {
	read, err := jwksReader(where)
	if err != nil {
		return nil, err
	}
	k := &JWKS{
		Storage: jwkset.NewMemoryStorage(), read: read, now: time.Now, log: log,
		again: rate.NewLimiter(rate.Every(refetchEvery), 1), turn: make(chan struct{}, 1),
	}
	k.turn <- struct{}{}
	return k, nil
}

// Read reads the keys now. Its caller tells of an error.
func (k *JWKS) Read(ctx context.Context) error {
	select {
	case <-k.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { k.turn <- struct{}{} }()
	return k.reload(ctx)
}

// Retry reads the keys every ten seconds for as long as that fails, or until ctx ends.
// A second one beside it does nothing.
func (k *JWKS) Retry(ctx context.Context) {
	if !k.retrying.CompareAndSwap(false, true) {
		return
	}
	defer k.retrying.Store(false)
	tick := time.NewTicker(refetchEvery)
	defer tick.Stop()
	for k.failing.Load() {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if k.failing.Load() {
			k.tell(k.Read(ctx))
		}
	}
}

// Inherit puts the keys of another place, of the same issuer, in force until keys are
// read here. Nothing has been read yet.
func (k *JWKS) Inherit(ctx context.Context, from *JWKS) error {
	keys, err := from.Storage.KeyReadAll(ctx)
	if err != nil {
		return err
	}
	k.readAt.Store(from.readAt.Load())
	return k.KeyReplaceAll(ctx, keys)
}

// Age is how long ago the keys in force were read; false without keys.
func (k *JWKS) Age() (time.Duration, bool) {
	at := k.readAt.Load()
	if at == 0 {
		return 0, false
	}
	return k.now().Sub(time.Unix(0, at)), true
}

// Failures is how many readings have failed.
func (k *JWKS) Failures() uint64 { return k.failures.Load() }

// inForce tells whether the keys known may be used.
func (k *JWKS) inForce() bool {
	age, ok := k.Age()
	return ok && age < trustKeysFor
}

// KeyRead returns the key of that id. An unknown id makes it read the set
// again, unless that happened a moment ago; callers that come meanwhile wait
// for the same reading, so a rotation fails nobody.
func (k *JWKS) KeyRead(ctx context.Context, kid string) (jwkset.JWK, error) {
	k.refreshIfOld()
	key, err := k.known(ctx, kid)
	if err == nil || !errors.Is(err, jwkset.ErrKeyNotFound) && !errors.Is(err, errNoJWKS) {
		return key, err
	}
	select {
	case <-k.turn:
	case <-ctx.Done():
		return jwkset.JWK{}, ctx.Err()
	}
	defer func() { k.turn <- struct{}{} }()
	if key, err = k.known(ctx, kid); err == nil || !k.again.AllowN(k.now(), 1) {
		return key, err
	}
	// The reading serves all who wait, so the first one's leaving does not end it.
	if failed := k.reload(context.WithoutCancel(ctx)); failed != nil {
		k.tell(failed)
		return jwkset.JWK{}, err
	}
	return k.known(ctx, kid)
}

// known is KeyRead of the keys in force.
func (k *JWKS) known(ctx context.Context, kid string) (jwkset.JWK, error) {
	if !k.inForce() {
		return jwkset.JWK{}, errNoJWKS
	}
	return k.Storage.KeyRead(ctx, kid)
}

// KeyReadAll returns every key, for tokens that name none.
func (k *JWKS) KeyReadAll(ctx context.Context) ([]jwkset.JWK, error) {
	k.refreshIfOld()
	if !k.inForce() {
		return nil, errNoJWKS
	}
	return k.Storage.KeyReadAll(ctx)
}

// refreshIfOld starts a reading in the background, if none is under way and one
// is allowed. A failed one is tried again at the next use.
func (k *JWKS) refreshIfOld() {
	if age, ok := k.Age(); ok && age < maxKeyAge {
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
		k.tell(k.reload(context.Background()))
	}()
}

// reload replaces the keys, or leaves them as they are on an error. The turn is its
// caller's.
func (k *JWKS) reload(ctx context.Context) error {
	err := k.replace(ctx)
	if err != nil {
		k.failures.Add(1)
		k.failing.Store(true)
		return err
	}
	if k.failing.Swap(false) {
		k.log.Info("JWKS read again")
	}
	return nil
}

// tell tells the log of a reading that failed with err; nil: it did not.
func (k *JWKS) tell(err error) {
	if err == nil {
		return
	}
	if age, ok := k.Age(); ok {
		k.log.Warn("JWKS not read: the keys known stay in force for a day after they were read", "age", age.Round(time.Second).String(), "error", err)
		return
	}
	k.log.Error("JWKS not read: callers with JWTs are refused until it is", "error", err)
}

func (k *JWKS) replace(ctx context.Context) error {
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
	if err := k.KeyReplaceAll(ctx, keys); err != nil {
		return err
	}
	k.readAt.Store(k.now().UnixNano())
	return nil
}
