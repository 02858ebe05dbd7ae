package sim

import (
	"fmt"
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

func (o *object) open() { o.b, o.comma = append(o.b, '{'), false }

func (o *object) close() { o.b, o.comma = append(o.b, '}'), true }

// raw writes a value, which must be JSON.
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
