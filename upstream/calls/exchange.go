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

// The bounds of one exchange with Census.
const (
	dialTimeout   = 2 * time.Second
	tlsTimeout    = 3 * time.Second
	headerTimeout = 4 * time.Second
	tryTimeout    = 5 * time.Second
	errorTimeout  = 500 * time.Millisecond // for the body of an answer that is an error
	CallTimeout   = 10 * time.Second       // all tries together, where the caller sets no deadline
	maxErrorBody  = 4 << 10                // bytes read of an answer that is an error
	MaxBody       = 8 << 20                // bytes after unpacking; a page of 50 syncs has been seen at 2.4 MB
	Promised      = 256 << 10              // bytes of memory taken for an answer that is announced; more as it comes
	keptBuffer    = 1 << 20                // bytes of a buffer worth keeping; a page of 100 runs takes about 70 KB
)

var errSwitched = errors.New("Census switched protocols")

// Transport is a plain connection to Census for so many calls at once: bounded in
// time and number, and by no proxy of the environment.
func Transport(calls int) *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxConnsPerHost:        calls,
		MaxIdleConnsPerHost:    calls,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		ReadBufferSize:         16 << 10, // ten runs fit in; a page of a hundred is read past it, without a copy
		ForceAttemptHTTP2:      true,
	}
}

// try makes one exchange. It calls the transport itself: an http.Client would
// follow redirects, and name the host in its errors.
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
	if resp.StatusCode < 200 { // 101: the connection is the body now, and no context ends reading it
		err := e.fail(BadResponse, id, errSwitched)
		err.Status = resp.StatusCode
		return Body{}, err
	}
	if resp.StatusCode > 299 {
		defer time.AfterFunc(errorTimeout, cancel).Stop() // the status says enough
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
		return Body{}, c.refusal(e, id, query, resp.StatusCode, resp.Header, string(text))
	}
	answer, err := readBody(resp)
	switch {
	case err == errTooLong:
		return Body{}, e.Unreadable(id, err)
	case err != nil:
		return Body{}, e.fail(kindOfFailure(ctx, err), id, err)
	case c.echoes(answer.Text):
		answer.Free()
		return Body{}, e.Unreadable(id, errEcho)
	case isHTML(resp.Header, answer.Text):
		answer.Free()
		err := e.fail(Unavailable, id, errHTML)
		err.Status = resp.StatusCode
		return Body{}, err
	}
	if status := statedStatus(answer.Text); status != 0 {
		err := c.refusal(e, id, query, status, resp.Header, answer.Text)
		answer.Free()
		return Body{}, err
	}
	return answer, nil
}

// refusal is the Error of an answer that says by its status, in its head or its text,
// that it is none.
func (c *Caller) refusal(e Endpoint, id int64, query string, status int, h http.Header, text string) *Error {
	err := e.fail(KindOf(status), id, fmt.Errorf("answer %.200q", text))
	switch {
	case c.echoes(text) || c.echoes(h.Get("Location")):
		err.Err = errEcho
	case err.Kind == Gone:
		err.Err = redirected(c.base, h.Get("Location"))
	case err.Kind == NotFound && e.root() && firstPage(query): // any token has that list
		err.Kind = Gone
	}
	err.Personal = c.version == V2 && err.Kind == Unauthenticated
	err.Status, err.RetryAfter = status, retryAfter(h)
	return err
}

var errHTML = errors.New("a page for people")

// isHTML tells whether an answer is a page for people: Census is being mended, or
// something before it answers. JSON may be called HTML.
func isHTML(h http.Header, text string) bool {
	return strings.HasPrefix(h.Get("Content-Type"), "text/html") && strings.HasPrefix(strings.TrimLeft(text, " \t\r\n\ufeff"), "<")
}
