package observe

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestLinesWait: the line of a successful operation is written soon, and before any line that is
// written at once.
func TestLinesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var buf bytes.Buffer
		log, _ := NewLogger(&buf, "text", "", nil)
		o := New(Options{Logger: log})
		written := func(want ...string) {
			t.Helper()
			synctest.Wait()
			w := log.Handler().(*lines).w
			w.mu.Lock() // the timer's goroutine is done with it
			defer w.mu.Unlock()
			var got []string
			for line := range strings.Lines(buf.String()) {
				_, line, _ = strings.Cut(line, " level=")
				level, _, _ := strings.Cut(line, " ")
				got = append(got, level)
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s: written %q, want %q", time.Now().Format(".000"), got, want)
			}
			buf.Reset()
		}
		for range 2 { // the timer can be reused
			o.Operation(t.Context(), succeededOperation())
			time.Sleep(longestWait - 1)
			o.Operation(t.Context(), succeededOperation())
			written()
			time.Sleep(time.Nanosecond)
			written("INFO", "INFO")
			time.Sleep(time.Hour)
		}

		o.Operation(t.Context(), succeededOperation())
		o.Operation(t.Context(), failedOperation())
		written("INFO", "WARN")
		o.Operation(t.Context(), succeededOperation())
		log.Debug("not shown")
		written()
		log.Info("another")
		written("INFO", "INFO")
		o.Operation(t.Context(), succeededOperation())
		Flush(log)
		written("INFO")
		Flush(slog.New(slog.DiscardHandler)) // has no waiting lines

		most := 0
		for range 2 * mostWaiting / 100 { // a line is longer
			o.Operation(t.Context(), succeededOperation())
			most = max(most, len(log.Handler().(*lines).w.waiting))
		}
		Flush(log)
		if buf.Len() < mostWaiting || most > mostWaiting {
			t.Errorf("%d bytes written of many lines at once, up to %d waiting", buf.Len(), most)
		}
	})
}
