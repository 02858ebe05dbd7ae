package coding

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A Reader returns the values that a Writer wrote, with its times corrected by the difference of
// the clocks.
func TestReadsWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, s, on := rapid.Int64().Draw(t, "n"), rapid.String().Draw(t, "s"), rapid.Bool().Draw(t, "on")
		at := time.UnixMilli(rapid.Int64Range(1, math.MaxInt32).Draw(t, "at"))
		w := Writer{Ahead: time.Hour}
		w.Int(n)
		w.Text(s)
		w.Bool(on)
		w.Time(at)
		w.Time(time.Time{})
		r := Read(string(w.Bytes), 2*time.Hour)
		if got := r.Int(); got != n {
			t.Errorf("%d, want %d", got, n)
		}
		if got := r.Text(); got != s {
			t.Errorf("%q, want %q", got, s)
		}
		if got := r.Bool(); got != on {
			t.Errorf("%t, want %t", got, on)
		}
		if got := r.Time(); !got.Equal(at.Add(-time.Hour)) {
			t.Errorf("%s, want an hour before %s", got, at)
		}
		if got := r.Time(); !got.IsZero() || r.Failed() {
			t.Errorf("%s, failed %t", got, r.Failed())
		}
		if r.Int(); !r.Failed() {
			t.Error("read beyond the end")
		}
	})
}

// No bytes make a Reader panic, or report more elements than bytes.
func TestReadsAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		r := Read(s, 0)
		for range 20 {
			if n := r.Count(); n > len(s) {
				t.Fatalf("%d elements in %d bytes", n, len(s))
			}
			if text := r.Text(); len(text) > len(s) {
				t.Fatalf("%d bytes of %d", len(text), len(s))
			}
			r.Time()
			r.Bool()
		}
	})
}
