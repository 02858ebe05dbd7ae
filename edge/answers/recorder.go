package answers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

type layer struct {
	*Cache
	next http.Handler
	wait time.Duration
	id   uint64
}

// A recorder is the ResponseWriter of a handler whose answer may be shared. It decides once the
// header is complete. Either it holds the answer until the end, or it passes the answer through
// to the client, and the waiting requests run on their own.
type recorder struct {
	w         http.ResponseWriter
	header    http.Header // as next sees it, without the headers of outer layers
	freshness *freshness
	layer     *layer
	flight    *flight
	tagged    bool // the answer gets an ETag, which only GET and HEAD can use

	decided bool
	holding bool
	status  int
	body    []byte
}

// Header returns the header of the answer, without the headers of outer layers.
func (c *recorder) Header() http.Header { return c.header }

// WriteHeader decides whether the answer is held or passed through.
func (c *recorder) WriteHeader(status int) {
	switch {
	case c.decided:
		if !c.holding {
			c.w.WriteHeader(status) // net/http reports the mistake
		}
	case status < 200: // an early hint; the final header follows
		mergeHeaders(c.w.Header(), c.header)
		c.w.WriteHeader(status)
	case c.shareable():
		c.decided, c.holding, c.status = true, true, status
		n, _ := strconv.Atoi(c.header.Get("Content-Length")) // 0 if unknown
		c.body = make([]byte, 0, n)
	default:
		c.decided = true
		c.passThrough(status)
	}
}

// shareable reports whether other requests may get an answer with this header, as far as is known
// before its body.
func (c *recorder) shareable() bool {
	if c.freshness.until.Load() == 0 || c.header["Set-Cookie"] != nil {
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
	return c.layer.store.fits(len(c.flight.key), body)
}

// passThrough sends the header. From then on the cache does not handle the answer.
func (c *recorder) passThrough(status int) {
	c.holding = false
	c.layer.finish(c.flight, nil)
	mergeHeaders(c.w.Header(), c.header)
	c.w.WriteHeader(status)
}

// Write holds p or passes it through.
func (c *recorder) Write(p []byte) (int, error) {
	if !c.decided {
		c.WriteHeader(http.StatusOK)
	}
	if c.holding {
		if c.fits(len(c.body) + len(p)) {
			c.body = append(c.body, p...)
			return len(p), nil
		}
		if err := c.passHeld(); err != nil {
			return 0, err
		}
	}
	return c.w.Write(p)
}

// passHeld sends the held answer, after it turned out not to be shareable.
func (c *recorder) passHeld() error {
	c.passThrough(c.status)
	held := c.body
	c.body = nil
	_, err := c.w.Write(held)
	return err
}

// FlushError sends the held part of the answer. An answer that is sent in parts is not shared.
func (c *recorder) FlushError() error {
	if !c.decided {
		c.decided = true
		c.passThrough(http.StatusOK)
	}
	if c.holding {
		if err := c.passHeld(); err != nil {
			return err
		}
	}
	return http.NewResponseController(c.w).Flush()
}

// Flush is FlushError for handlers that ask for an http.Flusher.
func (c *recorder) Flush() { _ = c.FlushError() }

// Unwrap serves http.ResponseController (deadlines).
func (c *recorder) Unwrap() http.ResponseWriter { return c.w }

// answer returns the complete answer; nil if it was passed through or never began.
func (c *recorder) answer() *answer {
	switch {
	case !c.decided:
		mergeHeaders(c.w.Header(), c.header)
		return nil
	case !c.holding:
		return nil
	}
	return newAnswer(c)
}

func newAnswer(c *recorder) *answer {
	a := &answer{
		key:    c.flight.key,
		status: c.status,
		vary:   c.header["Vary"],
		length: []string{strconv.Itoa(len(c.body))},
		body:   c.body,
	}
	if until := c.freshness.until.Load(); until > 0 && c.status == http.StatusOK {
		a.until = time.Duration(until)
		if c.tagged {
			a.tag = []string{tag(c.header, c.body)}
		}
		a.vary = append(slices.Clip(a.vary), costHeader)
	}
	if age, err := strconv.Atoi(c.header.Get("Age")); err == nil {
		a.aged, a.asOf = true, c.freshness.cache.now()-time.Duration(age)*time.Second
	}
	for name, values := range c.header {
		switch {
		case name == "Vary", name == "Content-Length", name == "Age" && a.aged:
		case a.until > 0 && (name == "Etag" || name == "Cache-Control"):
		default:
			// Clip, since outer layers may append to the values.
			a.fields = append(a.fields, field{name, slices.Clip(values)})
		}
	}
	return a
}

// mergeHeaders adds the headers of next to those of the outer layers. Vary combines both; for every
// other header, next's value applies.
func mergeHeaders(above, next http.Header) {
	for name, values := range next {
		if name == "Vary" {
			values = append(slices.Clip(above[name]), values...)
		}
		above[name] = values
	}
}
