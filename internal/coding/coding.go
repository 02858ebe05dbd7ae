// Package coding writes values as bytes, and reads them from bytes that may be damaged.
package coding

import (
	"encoding/binary"
	"time"
)

// A Writer appends values to Bytes.
type Writer struct {
	Bytes []byte
	Ahead time.Duration // added to each time: the lead of the readers' clock
}

// Int writes an integer.
func (w *Writer) Int(n int64) { w.Bytes = binary.AppendVarint(w.Bytes, n) }

// Bool writes a boolean.
func (w *Writer) Bool(on bool) {
	if on {
		w.Int(1)
	} else {
		w.Int(0)
	}
}

// Text writes a text, which may be any bytes.
func (w *Writer) Text(s string) {
	w.Int(int64(len(s)))
	w.Bytes = append(w.Bytes, s...)
}

// Time writes a time to the nanosecond, or the zero time.
func (w *Writer) Time(t time.Time) {
	if t.IsZero() {
		w.Int(0)
		return
	}
	w.Int(t.Add(w.Ahead).UnixNano())
}

// A Reader reads values in the order in which a Writer wrote them. After damaged bytes it returns
// zero values, and Failed reports it.
type Reader struct {
	rest   string
	behind time.Duration
	failed bool
}

// Read returns a Reader of s, whose times come from a clock that is ahead by the given time.
func Read(s string, ahead time.Duration) *Reader { return &Reader{rest: s, behind: ahead} }

// Failed reports whether the bytes read so far are damaged.
func (r *Reader) Failed() bool { return r.failed }

// Fail marks the bytes as damaged.
func (r *Reader) Fail() { r.failed, r.rest = true, "" }

// Int reads an integer.
func (r *Reader) Int() int64 {
	var u uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		b := r.rest[i]
		u |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			return int64(u>>1) ^ -int64(u&1)
		}
	}
	r.Fail()
	return 0
}

// Count reads the number of the elements that follow. Each takes at least one byte.
func (r *Reader) Count() int {
	n := r.Int()
	if n < 0 || n > int64(len(r.rest)) {
		r.Fail()
		return 0
	}
	return int(n)
}

// Bool reads a boolean.
func (r *Reader) Bool() bool { return r.Int() != 0 }

// Text reads a text. It shares memory with the text given to Read.
func (r *Reader) Text() string {
	n := r.Count()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// Time reads a time.
func (r *Reader) Time() time.Time {
	n := r.Int()
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).Add(-r.behind)
}
