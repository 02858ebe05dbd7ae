package calls

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The numbers of the retry policy. It is for reads only: a call that changes something must
// not be sent twice.
const (
	maxTries           = 3
	backoffBase        = 100 * time.Millisecond
	backoffCap         = 2 * time.Second
	maxRetryAfter      = 3 * time.Second // a longer wait is left to the caller
	maxRetryAfterValue = time.Hour       // longest time accepted from a Retry-After
)

// retry calls try until it succeeds, fails for good, or has failed maxTries times. Between
// tries it waits as long as Census asked, or else a random time up to a limit that doubles
// (full jitter). It returns the last failure at once if the wait would exceed ctx's deadline,
// or if the budget allows no retry.
func retry(ctx context.Context, b *budget, try func() (Body, *Error)) (Body, error) {
	for n := 1; ; n++ {
		answer, err := try()
		if err == nil {
			return answer, nil
		}
		if n >= maxTries || !retryable(err, n) {
			return Body{}, err
		}
		wait := err.RetryAfter
		if wait == 0 {
			wait = time.Duration(rand.Int64N(int64(min(backoffBase<<n, backoffCap))))
		}
		if wait > maxRetryAfter || !outlasts(ctx, wait) || !b.retry() || !sleep(ctx, wait) {
			return Body{}, err
		}
	}
}

// retryable reports whether another try may help. A plain 500 gets one more, since Census also
// answers unusual requests with it. An invalid certificate gets none. A call that was not sent
// gets none either: the gates have waited long enough.
func retryable(err *Error, tried int) bool {
	switch {
	case wasNotSent(err):
		return false
	case err.Kind == RateLimited:
		return true
	case err.Kind != Unavailable:
		return false
	case err.Status == http.StatusInternalServerError:
		return tried == 1
	}
	var untrusted *tls.CertificateVerificationError
	return err.Status == 0 && !errors.As(err, &untrusted) || err.Status >= 502 && err.Status <= 504
}

// outlasts reports whether ctx lasts longer than d.
func outlasts(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > d
}

// sleep waits for d and returns true, or false as soon as ctx ends.
func sleep(ctx context.Context, d time.Duration) bool {
	if !outlasts(ctx, d) {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// retryAfter reads a Retry-After header: seconds or an HTTP date, the two forms that Census's
// own client accepts. A date in the past means now. Times over maxRetryAfterValue mean
// maxRetryAfterValue. It returns 0 if the header is missing or invalid.
func retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseUint(v, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) { // out of range, n is the largest value
		return max(time.Duration(min(n, uint64(maxRetryAfterValue/time.Second)))*time.Second, time.Millisecond)
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(time.Until(t), time.Millisecond), maxRetryAfterValue)
	}
	return 0
}

// kindOfFailure classifies a try without an answer, by the caller's ctx and the error of
// net/http.
func kindOfFailure(ctx context.Context, err error) Kind {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	}
	return Unavailable
}
