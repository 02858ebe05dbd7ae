package sim

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// An object is a JSON object being written, key by key in the order of the calls, after its
// present contents.
type object struct {
	b     []byte
	comma bool
}

func (o *object) key(k string) {
	if o.comma {
		o.b = append(o.b, ',')
	}
	o.comma = true
	o.b = append(o.b, '"')
	o.b = append(o.b, k...)
	o.b = append(o.b, '"', ':')
}

func (o *object) open()  { o.b, o.comma = append(o.b, '{'), false }
func (o *object) close() { o.b, o.comma = append(o.b, '}'), true }

// raw writes a value that is JSON already.
func (o *object) raw(k, json string) {
	o.key(k)
	o.b = append(o.b, json...)
}

func (o *object) int(k string, n int64) {
	o.key(k)
	o.b = strconv.AppendInt(o.b, n, 10)
}

// intOr writes n, or null if n equals the argument null.
func (o *object) intOr(k string, n, null int64) {
	if n == null {
		o.raw(k, "null")
		return
	}
	o.int(k, n)
}

func (o *object) bool(k string, v bool) {
	o.key(k)
	o.b = strconv.AppendBool(o.b, v)
}

func (o *object) str(k, s string) {
	o.key(k)
	o.b = appendString(o.b, s)
}

// strOrNull writes "" as null.
func (o *object) strOrNull(k, s string) {
	if s == "" {
		o.raw(k, "null")
		return
	}
	o.str(k, s)
}

// time writes UTC with milliseconds and a Z (seen on the wire), the zero time as null.
func (o *object) time(k string, t time.Time) {
	if t.IsZero() {
		o.raw(k, "null")
		return
	}
	o.key(k)
	o.b = t.UTC().AppendFormat(o.b, `"2006-01-02T15:04:05.000Z"`)
}

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch ch := s[i]; {
		case ch == '"' || ch == '\\':
			b = append(b, '\\', ch)
		case ch < ' ':
			b = fmt.Appendf(b, `\u%04x`, ch)
		default:
			b = append(b, ch)
		}
	}
	return append(b, '"')
}

// A reply is a JSON answer. It is made under the lock and sent outside it.
type reply struct {
	code int
	body []byte
}

func (a reply) send(w http.ResponseWriter) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json; charset=utf-8"}
	h["Cache-Control"] = []string{"max-age=0, private, must-revalidate"}
	w.WriteHeader(a.code)
	if r, ok := w.(*recorded); ok {
		r.body = a.body // saves the copy
		return
	}
	w.Write(a.body) // no one is left to report an error to
}

func ok(body []byte) reply { return reply{http.StatusOK, body} }

// notFound is Census's answer for everything that does not exist (Census API reference, Fetch
// sync run). Here the status is a number, elsewhere text.
func notFound() reply { return reply{http.StatusNotFound, []byte(`{"status":404}`)} }

// refuse is a 400 with its reason.
func refuse(message string) reply {
	o := object{}
	o.open()
	o.str("status", "error")
	o.str("message", message)
	o.close()
	return reply{http.StatusBadRequest, o.b}
}

// success wraps data, which is JSON already.
func success(data []byte) reply {
	o := object{b: make([]byte, 0, len(data)+32)}
	o.open()
	o.str("status", "success")
	o.key("data")
	o.b = append(o.b, data...)
	o.close()
	return ok(o.b)
}
