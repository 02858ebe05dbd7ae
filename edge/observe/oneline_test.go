package observe

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestOneLineLaw: the line of a clean operation needs no masking, whatever the operation
// contained before.
func TestOneLineLaw(t *testing.T) {
	secrets := rapid.SampledFrom([]string{"", "a", "key:team-a", "secret-token:x", "eyJhbGciOi.abc.def", "bearer abcdefgh", "a@b.example",
		"NOT_FOUND", "é", "\x00", `"`, "a=b", "token", "https://jwt.example|user"})
	text := rapid.OneOf(secrets, rapid.String(), rapid.StringMatching(`[A-Za-z0-9_.:-]{0,70}`))
	rapid.Check(t, func(t *rapid.T) {
		op := Operation{
			RequestID: text.Draw(t, "request"), Name: text.Draw(t, "name"), Caller: text.Draw(t, "caller"),
			Client: text.Draw(t, "client"), App: text.Draw(t, "app"), AppVersion: text.Draw(t, "version"),
			Type:        rapid.SampledFrom([]string{"", "query", "mutation", "x"}).Draw(t, "type"),
			Document:    rapid.OneOf(text, rapid.Just("0123456789ab")).Draw(t, "document"),
			Duration:    time.Duration(rapid.Int64().Draw(t, "duration")),
			CensusCalls: rapid.Int().Draw(t, "calls"), CacheHits: rapid.Int().Draw(t, "hits"),
			Status: rapid.IntRange(0, 599).Draw(t, "status"), Codes: rapid.SliceOfN(text, 0, 10).Draw(t, "codes"),
		}.clean()
		zone := time.FixedZone("", rapid.IntRange(-14*60, 14*60).Draw(t, "zone")*60)
		now := time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "now"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(zone)
		trace := rapid.SampledFrom([]string{"", "0123456789abcdef0123456789abcdef"}).Draw(t, "trace")
		for _, format := range []string{"json", "text"} {
			var buf bytes.Buffer
			log, _ := NewLogger(&buf, format, "", nil)
			l := log.Handler().(*lines)
			record := slog.NewRecord(now, slog.LevelInfo, operationLine, 0)
			op.attrs(trace, func(a slog.Attr) { record.AddAttrs(a) })
			_ = l.Handle(t.Context(), record)
			want := buf.String()
			buf.Reset()
			l.operations.write(now, trace, &op)
			if Flush(log); want == "" || buf.String() != want {
				t.Fatalf("\n got %s\nwant %s", buf.String(), want)
			}
		}
	})
}

// TestLinesDoNotMix: lines written concurrently by slog and by the gateway stay whole.
func TestLinesDoNotMix(t *testing.T) {
	var buf bytes.Buffer
	log, _ := NewLogger(&buf, "text", "", nil)
	o := New(Options{Logger: log})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				o.Operation(context.Background(), succeededOperation())
				log.Info("another")
			}
		})
	}
	wg.Wait()
	Flush(log)
	if n := bytes.Count(buf.Bytes(), []byte("\ntime=")) + 1; n != 1600 {
		t.Errorf("%d lines", n)
	}
}

func BenchmarkOperation(b *testing.B) {
	for _, format := range []string{"json", "text"} {
		b.Run(format, func(b *testing.B) {
			log, _ := NewLogger(discard{}, format, "", nil)
			o := New(Options{Logger: log})
			ctx, op := context.Background(), succeededOperation()
			b.ReportAllocs()
			for b.Loop() {
				o.Operation(ctx, op)
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
