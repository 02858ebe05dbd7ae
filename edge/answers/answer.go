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

// An answer is a complete answer, kept or only shared with waiting requests. It does not change.
type answer struct {
	key    string
	status int
	// fields holds the header without Vary and Content-Length. If the answer is kept, it also
	// lacks ETag and Cache-Control.
	fields []field
	vary   []string
	length []string // value of Content-Length
	tag    []string // value of ETag; nil if it is not kept
	body   []byte
	until  time.Duration // when it expires, in the Cache's time; 0 if it is not kept
	asOf   time.Duration // Age counts from here, in the Cache's time
	aged   bool          // it has an Age
	note   any
}

type field struct {
	name   string
	values []string
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
		a.until, a.tag = time.Duration(until), []string{tag(c.header, c.body)}
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

// tag returns the entity tag of an answer. Equal bytes in the same form have equal tags, in every
// gateway. The tag is weak, since outer layers may compress the body.
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
	match := safe && a.tag != nil && matches(r.Header["If-None-Match"], a.tag[0])
	for _, f := range a.fields {
		if !match || !strings.HasPrefix(f.name, "Content-") { // RFC 9110, 15.4.5
			h[f.name] = f.values
		}
	}
	if len(a.vary) > 0 {
		h["Vary"] = append(h["Vary"], a.vary...)
	}
	var age time.Duration
	if a.aged {
		age = (c.now() - a.asOf).Truncate(time.Second)
		h["Age"] = []string{strconv.Itoa(int(age / time.Second))}
	}
	if a.tag != nil {
		h["Etag"] = a.tag
		// max-age counts from where Age does (RFC 9111, 4.2).
		h["Cache-Control"] = c.age(a.until + age)
	}
	if match {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = a.length
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // an error means that the client has gone
	}
}
