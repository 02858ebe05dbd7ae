package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// pauses are the pauses between attempts.
var pauses = [...]time.Duration{2 * time.Second, 8 * time.Second, 30 * time.Second, 2 * time.Minute}

const (
	tryTimeout = 10 * time.Second
	maxPause   = 5 * time.Minute // maximum of Retry-After
)

// post posts a message until it is accepted, rejected, or has failed after the last attempt. After
// ctx ends, it makes one last attempt without a pause. The end of life cancels requests in
// progress.
func (s *Sender) post(ctx, life context.Context, body []byte) {
	for i := 0; ; i++ {
		last := i == len(pauses) || ctx.Err() != nil
		status, after, err := s.try(life, body)
		switch {
		case status >= 200 && status < 300:
			s.delivered.Add(1)
			return
		case err == nil && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests:
			s.rejected.Add(1)
			s.Log.Error("alert webhook rejected a message; the message is lost", "status", status)
			return
		case last:
			s.failed.Add(1)
			s.Log.Error("alert webhook unavailable after all attempts; the message is lost", "tries", i+1, "status", status, "error", err)
			return
		}
		s.Log.Warn("alert webhook failed; retrying the message", "try", i+1, "status", status, "error", err)
		sleep(ctx, max(pauses[i], min(after, maxPause)))
	}
}

// try posts a message once. Without an answer, status is 0 and err is the reason. after is the
// value of Retry-After. Redirects are not followed.
func (s *Sender) try(life context.Context, body []byte) (status int, after time.Duration, err error) {
	ctx, cancel := context.WithTimeout(life, tryTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		return 0, 0, errors.New("invalid URL")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "census-gateway")
	if s.Secret != "" {
		r.Header.Set("X-Signature", signature(body, s.Secret))
	}
	resp, err := s.Transport.RoundTrip(r)
	if err != nil {
		return 0, 0, reason(err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be reused
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		after = time.Duration(min(seconds, int(maxPause/time.Second))) * time.Second
	}
	return resp.StatusCode, after, nil
}

// signature signs as Census's own webhooks do: base64 of HMAC-SHA256.
func signature(body []byte, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// reason describes a failed request without the address, because that of a Slack webhook is a
// secret.
func reason(err error) error {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.As(err, &name):
		return errors.New("host name not found")
	case errors.As(err, &certificate):
		return errors.New("invalid TLS certificate")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("no answer within %s", tryTimeout)
	case errors.Is(err, context.Canceled):
		return errors.New("the gateway is stopping")
	}
	return errors.New("connection failed")
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
