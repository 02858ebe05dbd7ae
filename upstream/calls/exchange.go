package calls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// The limits of one exchange with Census.
const (
	dialTimeout     = 2 * time.Second
	tlsTimeout      = 3 * time.Second
	headerTimeout   = 4 * time.Second
	tryTimeout      = 5 * time.Second
	errorTimeout    = 500 * time.Millisecond // to read the body of an error
	CallTimeout     = 10 * time.Second       // all tries together, if the caller sets no deadline
	maxErrorBody    = 4 << 10                // bytes read of the body of an error
	MaxBody         = 8 << 20                // bytes after unpacking; the largest page of 50 syncs seen had 2.4 MB
	MaxPreallocated = 256 << 10              // bytes allocated on the word of Content-Length; more as the answer comes
	maxPooledBuffer = 1 << 20                // largest buffer kept, in bytes; a page of 100 runs takes about 70 KB
)

var errSwitched = errors.New("Census switched protocols")

// Transport returns a transport to Census for the given number of concurrent calls. It limits
// times and connections, and ignores proxies of the environment.
func Transport(calls int) *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxConnsPerHost:        calls,
		MaxIdleConnsPerHost:    calls,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		ReadBufferSize:         16 << 10, // holds ten runs; a page of a hundred bypasses it, without a copy
		ForceAttemptHTTP2:      true,
	}
}

// try makes one exchange. It calls the transport directly, because an http.Client would follow
// redirects and name the host in its errors.
func (c *Caller) try(ctx context.Context, e Endpoint, id int64, query string) (Body, *Error) {
	tryCtx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	conns := conns{cancel: cancel}
	req, err := http.NewRequestWithContext(conns.trace(tryCtx), http.MethodGet, c.base+e.Path(id)+query, nil)
	if err != nil {
		return Body{}, e.fail(Internal, id, err)
	}
	req.Header = c.header // shared: no transport may change it
	resp, err := c.transport.RoundTrip(req)
	if err = conns.explain(err); err != nil {
		return Body{}, e.fail(kindOfFailure(ctx, err), id, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 { // 101: the connection becomes the body, and no context stops the read
		err := e.fail(BadResponse, id, errSwitched)
		err.Status = resp.StatusCode
		return Body{}, err
	}
	if resp.StatusCode > 299 {
		defer time.AfterFunc(errorTimeout, cancel).Stop() // the status is enough
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
		return Body{}, c.failure(e, id, query, resp.StatusCode, resp.Header, string(text))
	}
	answer, err := readBody(resp)
	switch {
	case err == errTooLong:
		return Body{}, e.Unreadable(id, err)
	case err != nil:
		return Body{}, e.fail(kindOfFailure(ctx, err), id, err)
	case c.containsToken(answer.Text):
		answer.Free()
		return Body{}, e.Unreadable(id, errEcho)
	case isHTML(resp.Header, answer.Text):
		answer.Free()
		err := e.fail(Unavailable, id, errHTML)
		err.Status = resp.StatusCode
		return Body{}, err
	}
	if status := statedStatus(answer.Text); status != 0 {
		err := c.failure(e, id, query, status, resp.Header, answer.Text)
		answer.Free()
		return Body{}, err
	}
	return answer, nil
}

// failure returns the Error of an answer that is a failure by its status, its header or its
// text.
func (c *Caller) failure(e Endpoint, id int64, query string, status int, h http.Header, text string) *Error {
	err := e.fail(KindOf(status), id, fmt.Errorf("answer %.200q", text))
	switch {
	case c.containsToken(text) || c.containsToken(h.Get("Location")):
		err.Err = errEcho
	case err.Kind == Gone:
		err.Err = redirected(c.base, h.Get("Location"))
	case err.Kind == NotFound && e.isRootList() && firstPage(query): // every token has that list
		err.Kind = Gone
	}
	err.Personal = c.version == V2 && err.Kind == Unauthenticated
	err.Status, err.RetryAfter = status, retryAfter(h)
	return err
}

var errHTML = errors.New("got an HTML page instead of JSON")

// isHTML reports whether an answer is a page of HTML, for example from maintenance or a proxy.
// The content type alone does not decide: JSON may be labeled HTML.
func isHTML(h http.Header, text string) bool {
	return strings.HasPrefix(h.Get("Content-Type"), "text/html") && strings.HasPrefix(strings.TrimLeft(text, " \t\r\n\ufeff"), "<")
}
