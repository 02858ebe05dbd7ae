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

// pauses are those between tries.
var pauses = [...]time.Duration{2 * time.Second, 8 * time.Second, 30 * time.Second, 2 * time.Minute}

const (
	tryFor       = 10 * time.Second
	longestPause = 5 * time.Minute // that a receiver may ask for by Retry-After
)

// post posts a message until it is accepted, rejected, or tried as often as allowed. When ctx ends
// it does not wait any more, and tries a last time. Requests end with life.
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
			s.Log.Error("the webhook of alerts rejected a message, which is lost", "status", status)
			return
		case last:
			s.failed.Add(1)
			s.Log.Error("a message could not be delivered to the webhook of alerts, and is lost", "tries", i+1, "status", status, "error", err)
			return
		}
		s.Log.Warn("the webhook of alerts did not accept a message; it will be tried again", "try", i+1, "status", status, "error", err)
		sleep(ctx, max(pauses[i], min(after, longestPause)))
	}
}

// try posts a message once: status is 0 and err says why if there is no answer. after is how long
// the receiver asks to wait. Redirects are answers like others.
func (s *Sender) try(life context.Context, body []byte) (status int, after time.Duration, err error) {
	ctx, cancel := context.WithTimeout(life, tryFor)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		return 0, 0, errors.New("the address is invalid")
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
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // for the connection to be used again
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		after = time.Duration(min(seconds, int(longestPause/time.Second))) * time.Second
	}
	return resp.StatusCode, after, nil
}

// signature is that of Census's own webhooks.
func signature(body []byte, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// reason says why there is no answer, without the address: that of Slack is a secret.
func reason(err error) error {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.As(err, &name):
		return errors.New("its host name was not found")
	case errors.As(err, &certificate):
		return errors.New("its certificate is invalid")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("no answer within %s", tryFor)
	case errors.Is(err, context.Canceled):
		return errors.New("the gateway stops")
	}
	return errors.New("the connection failed")
}

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
