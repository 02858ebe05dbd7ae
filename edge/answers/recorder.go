package answers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A recorder is what next writes an answer to that others may get too. When the
// header is complete it decides: either the answer is held until it is whole, or it
// passes to the client as it comes and those who wait are told not to.
type recorder struct {
	w      http.ResponseWriter
	header http.Header // as next has it; what layers above have set stays theirs
	slot   *slot
	layer  *layer
	flight *flight

	decided bool
	holding bool
	status  int
	body    []byte
}

// Header is the header of the answer without what layers above have set.
func (c *recorder) Header() http.Header { return c.header }

// WriteHeader decides what becomes of the answer.
func (c *recorder) WriteHeader(status int) {
	switch {
	case c.decided:
		if !c.holding {
			c.w.WriteHeader(status) // for net/http to complain of
		}
	case status < 200: // an early hint; the header is still to come
		merge(c.w.Header(), c.header)
		c.w.WriteHeader(status)
	case c.shareable():
		c.decided, c.holding, c.status = true, true, status
		n, _ := strconv.Atoi(c.header.Get("Content-Length")) // 0 if it was not told
		c.body = make([]byte, 0, n)
	default:
		c.decided = true
		c.pass(status)
	}
}

// shareable reports whether others may get an answer with that header, as far as
// can be told before its body.
func (c *recorder) shareable() bool {
	if c.slot.until.Load() == 0 || c.header["Set-Cookie"] != nil {
		return false
	}
	n, err := strconv.Atoi(c.header.Get("Content-Length"))
	if err == nil && !c.fits(n) {
		return false
	}
	media, _, _ := strings.Cut(c.header.Get("Content-Type"), ";")
	return media == "application/json" || media == "application/graphql-response+json"
}

func (c *recorder) fits(body int) bool {
	return c.layer.kept.fits(len(c.flight.key), body)
}

// pass sends the header, and the answer is no more of the cache's business.
func (c *recorder) pass(status int) {
	c.holding = false
	c.layer.land(c.flight, nil)
	merge(c.w.Header(), c.header)
	c.w.WriteHeader(status)
}

// Write holds p or passes it on.
func (c *recorder) Write(p []byte) (int, error) {
	if !c.decided {
		c.WriteHeader(http.StatusOK)
	}
	if c.holding {
		if c.fits(len(c.body) + len(p)) {
			c.body = append(c.body, p...)
			return len(p), nil
		}
		if err := c.give(); err != nil {
			return 0, err
		}
	}
	return c.w.Write(p)
}

// give sends what is held: the answer turned out not to be one to share.
func (c *recorder) give() error {
	c.pass(c.status)
	held := c.body
	c.body = nil
	_, err := c.w.Write(held)
	return err
}

// FlushError sends what is there. An answer that is sent in parts is not shared.
func (c *recorder) FlushError() error {
	if !c.decided {
		c.decided = true
		c.pass(http.StatusOK)
	}
	if c.holding {
		if err := c.give(); err != nil {
			return err
		}
	}
	return http.NewResponseController(c.w).Flush()
}

// Flush is FlushError for handlers that ask for an http.Flusher.
func (c *recorder) Flush() { _ = c.FlushError() }

// Unwrap serves http.ResponseController (deadlines).
func (c *recorder) Unwrap() http.ResponseWriter { return c.w }

// answer is what was held, whole; nil if it has passed or never began.
func (c *recorder) answer() *answer {
	switch {
	case !c.decided:
		merge(c.w.Header(), c.header)
		return nil
	case !c.holding:
		return nil
	}
	return newAnswer(c)
}

// merge adds to what the layers above have set what next has set. Vary lists
// what either depends on; of all else next's word counts.
func merge(above, next http.Header) {
	for name, values := range next {
		if name == "Vary" {
			values = append(slices.Clip(above[name]), values...)
		}
		above[name] = values
	}
}
