package answers

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// An answer is one that is kept. It does not change.
type answer struct {
	key    string
	fields []field // of the header, but for Vary, ETag and Cache-Control
	vary   []string
	length []string // value of Content-Length
	tag    []string // value of ETag
	body   []byte
	until  time.Duration // when it is over, in the Cache's time
	note   any
}

type field struct {
	name   string
	values []string
}

func newAnswer(c *recorder) *answer {
	a := &answer{
		key:    c.flight.key,
		vary:   c.header["Vary"],
		length: []string{strconv.Itoa(len(c.body))},
		tag:    []string{tag(c.header, c.body)},
		body:   c.body,
		until:  time.Duration(c.slot.until.Load()),
	}
	for name, values := range c.header {
		switch name {
		case "Vary", "Etag", "Cache-Control", "Content-Length":
		default:
			a.fields = append(a.fields, field{name, slices.Clip(values)}) // layers above may add to it
		}
	}
	return a
}

// tag is the entity tag of an answer: the same for the same bytes in the same
// form, in every gateway. It is weak, since layers above may pack the body.
func tag(h http.Header, body []byte) string {
	d := xxhash.New()
	d.WriteString(h.Get("Content-Type") + "\x00" + h.Get("Content-Encoding") + "\x00")
	d.Write(body)
	return `W/"` + hex.EncodeToString(d.Sum(nil)) + "-" + strconv.FormatInt(int64(len(body)), 36) + `"`
}

// write answers r with a.
func (c *Cache) write(w http.ResponseWriter, r *http.Request, a *answer) {
	h := w.Header()
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	match := safe && matches(r.Header["If-None-Match"], a.tag[0])
	for _, f := range a.fields {
		if !match || !strings.HasPrefix(f.name, "Content-") { // RFC 9110, 15.4.5
			h[f.name] = f.values
		}
	}
	if len(a.vary) > 0 {
		h["Vary"] = append(h["Vary"], a.vary...)
	}
	h["Etag"] = a.tag
	h["Cache-Control"] = c.age(a.until)
	if match {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = a.length
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // an error means that the client has gone
	}
}
