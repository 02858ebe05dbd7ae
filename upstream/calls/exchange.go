package calls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

var errSwitched = errors.New("Census switched protocols")

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
	case c.fragments.in(answer.Text):
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
	case c.fragments.in(text) || c.fragments.in(h.Get("Location")):
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
