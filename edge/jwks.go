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
	// refetchEvery is the minimum time between two reads caused by callers, however many unknown
	// keys they send, and the interval of Retry.
	refetchEvery = 10 * time.Second

	// maxKeyAge is the age at which the keys are read again, so that a revoked key is dropped.
	maxKeyAge = 15 * time.Minute

	// trustKeysFor is how long the keys stay in force if they cannot be read again. So an
	// issuer that is down for a night affects no caller.
	trustKeysFor = 24 * time.Hour

	// readKeysFor is the timeout of one read.
	readKeysFor = 5 * time.Second
)

var errNoJWKS = errors.New("the issuer's public keys have not been read yet, or have expired")

// A JWKS holds the public keys of an issuer. It reads them again when a token names an unknown
// key, or when they are old. If a read fails, the known keys stay valid for trustKeysFor. It
// is the storage that keyfunc uses.
type JWKS struct {
	jwkset.Storage // the known keys; replaced as a whole

	read     func(context.Context) ([]byte, error)
	now      func() time.Time
	log      *slog.Logger
	limiter  *rate.Limiter // limits the reads caused by callers
	readLock chan struct{} // holds one token; its holder may read
	readAt   atomic.Int64  // Unix nanoseconds of the last successful read; 0: none yet
	failures atomic.Uint64 // failed reads
	failing  atomic.Bool   // the last read failed
	retrying atomic.Bool   // Retry is running
}

// NewJWKS returns the keys at where, an http(s) URL or the path of a file. It does not read them
// yet. log, which must not be nil, reports later reads that fail, and the first one that succeeds
// again.
func NewJWKS(where string, log *slog.Logger) (*JWKS, error) {
	read, err := jwksReader(where)
	if err != nil {
		return nil, err
	}
	k := &JWKS{
		Storage: jwkset.NewMemoryStorage(), read: read, now: time.Now, log: log,
		limiter: rate.NewLimiter(rate.Every(refetchEvery), 1), readLock: make(chan struct{}, 1),
	}
	k.readLock <- struct{}{}
	return k, nil
}

// Read reads the keys now. The caller reports the error.
func (k *JWKS) Read(ctx context.Context) error {
	select {
	case <-k.readLock:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { k.readLock <- struct{}{} }()
	return k.reload(ctx)
}

// Retry reads the keys every ten seconds until that succeeds or ctx ends. A second concurrent
// call does nothing.
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
			k.logFailure(k.Read(ctx))
		}
	}
}

// Inherit uses the keys of from, which has the same issuer, until k has read its own.
// Call it before the first read.
func (k *JWKS) Inherit(ctx context.Context, from *JWKS) error {
	keys, err := from.Storage.KeyReadAll(ctx)
	if err != nil {
		return err
	}
	k.readAt.Store(from.readAt.Load())
	return k.KeyReplaceAll(ctx, keys)
}

// Age returns how long ago the keys in force were read; false without keys.
func (k *JWKS) Age() (time.Duration, bool) {
	at := k.readAt.Load()
	if at == 0 {
		return 0, false
	}
	return k.now().Sub(time.Unix(0, at)), true
}

// Failures returns the number of failed reads.
func (k *JWKS) Failures() uint64 { return k.failures.Load() }

// valid reports whether the known keys may be used.
func (k *JWKS) valid() bool {
	age, ok := k.Age()
	return ok && age < trustKeysFor
}

// refreshIfOld starts a read in the background if the keys are old, no read is in progress, and
// one is allowed. After a failure the next use tries again.
func (k *JWKS) refreshIfOld() {
	if age, ok := k.Age(); ok && age < maxKeyAge {
		return
	}
	select {
	case <-k.readLock:
	default:
		return
	}
	if !k.limiter.AllowN(k.now(), 1) {
		k.readLock <- struct{}{}
		return
	}
	go func() {
		defer func() { k.readLock <- struct{}{} }()
		k.logFailure(k.reload(context.Background()))
	}()
}

// reload replaces the keys, or keeps them on an error. The caller holds the readLock.
func (k *JWKS) reload(ctx context.Context) error {
	err := k.replace(ctx)
	if err != nil {
		k.failures.Add(1)
		k.failing.Store(true)
		return err
	}
	if k.failing.Swap(false) {
		k.log.Info("JWKS read successfully again")
	}
	return nil
}

// logFailure logs that a read failed with err, or succeeded if err is nil.
func (k *JWKS) logFailure(err error) {
	if err == nil {
		return
	}
	if age, ok := k.Age(); ok {
		k.log.Warn("JWKS not read: the known keys stay valid for a day after they were read; check GATEWAY_JWT_JWKS and the issuer", "age", age.Round(time.Second).String(), "error", err)
		return
	}
	k.log.Error("JWKS not read: JWTs are rejected until it can be read; check GATEWAY_JWT_JWKS and the issuer", "error", err)
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
