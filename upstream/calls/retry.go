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

// The numbers of the retry policy. Reads only: nothing here may be sent twice
// by a call that changes something.
const (
	maxTries      = 3
	backoffBase   = 100 * time.Millisecond
	backoffCap    = 2 * time.Second
	maxRetryAfter = 3 * time.Second // what Census asks beyond this is for the caller to wait out
	maxNamed      = time.Hour       // longest time taken from a Retry-After
)

// retry calls try until it succeeds, fails for good, or has failed maxTries
// times. Between tries it waits as long as Census asked, or else a random time
// up to a bound that doubles (full jitter). It never waits past ctx's
// deadline, nor for a try the budget does not allow: then the last failure is
// the answer at once.
func retry(ctx context.Context, b *budget, try func() (Body, *Error)) (Body, error) {
	for n := 1; ; n++ {
		answer, err := try()
		if err == nil {
			return answer, nil
		}
		if n >= maxTries || !again(err, n) {
			return Body{}, err
		}
		wait := err.RetryAfter
		if wait == 0 {
			wait = time.Duration(rand.Int64N(int64(min(backoffBase<<n, backoffCap))))
		}
		if wait > maxRetryAfter || !fits(ctx, wait) || !b.retry() || !sleep(ctx, wait) {
			return Body{}, err
		}
	}
}

// again tells whether a further try may help. A plain 500 gets one: it is
// Census's answer to odd requests too. A certificate gets none, nor a call that
// was not even sent: the gates have waited as long as it was worth.
func again(err *Error, tried int) bool {
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

// fits tells whether ctx goes on for longer than d.
func fits(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > d
}

// sleep waits for d and reports true; false, at once, if ctx ends before.
func sleep(ctx context.Context, d time.Duration) bool {
	if !fits(ctx, d) {
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

// retryAfter reads a Retry-After header: seconds or an HTTP date, the two forms
// the vendor's own client accepts. A date in the past means now, and what is beyond
// maxNamed, however far, means that. 0 if there is none or it cannot be read.
func retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseUint(v, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) { // then n is the largest
		return max(time.Duration(min(n, uint64(maxNamed/time.Second)))*time.Second, time.Millisecond)
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(time.Until(t), time.Millisecond), maxNamed)
	}
	return 0
}

// kindOfFailure tells what a try that brought no answer means: ctx is the
// caller's, err what net/http said.
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
