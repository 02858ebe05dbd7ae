package graph

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// TestDeadlineLaw: whatever is asked of it and when, a deadline says what a context
// of package context says.
func TestDeadlineLaw(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{"done", "err", "value", "child", "sleep", "leave", "end"}), 1, 12).Draw(rt, "steps")
		parentLast := rapid.SampledFrom([]time.Duration{0, 2, 9}).Draw(rt, "parent") * time.Second
		synctest.Test(t, func(t *testing.T) {
			type key struct{}
			made := func(deadlined func(context.Context) (context.Context, func())) (_ context.Context, leave, end func()) {
				ctx, leave := context.WithCancel(context.WithValue(t.Context(), key{}, 7))
				if parentLast > 0 {
					ctx, leave = context.WithTimeout(ctx, parentLast)
				}
				ctx, end = deadlined(ctx)
				return ctx, leave, end
			}
			ours, leaveOurs, endOurs := made(func(ctx context.Context) (context.Context, func()) {
				d := &deadline{Context: ctx, at: time.Now().Add(4 * time.Second)}
				return d, d.end
			})
			std, leaveStd, endStd := made(func(ctx context.Context) (context.Context, func()) {
				ctx, end := context.WithTimeout(ctx, 4*time.Second)
				return ctx, end
			})
			defer leaveOurs()
			defer leaveStd()
			over := func(done <-chan struct{}) bool {
				synctest.Wait()
				select {
				case <-done:
					return true
				default:
					return false
				}
			}
			for _, step := range steps {
				switch step {
				case "done":
					if over(ours.Done()) != over(std.Done()) {
						rt.Fatalf("%v: done %v, want %v", steps, over(ours.Done()), over(std.Done()))
					}
				case "err":
					if std.Err() == nil != (ours.Err() == nil) {
						rt.Fatalf("%v: %v, want %v", steps, ours.Err(), std.Err())
					}
				case "value":
					if ours.Value(key{}) != 7 || ours.Value("none") != nil {
						rt.Fatalf("%v: values %v, %v", steps, ours.Value(key{}), ours.Value("none"))
					}
				case "child":
					child, end := context.WithCancel(ours)
					if over(child.Done()) != over(std.Done()) {
						rt.Fatalf("%v: a child is done: %v, want %v", steps, over(child.Done()), over(std.Done()))
					}
					end()
				case "sleep":
					time.Sleep(3 * time.Second)
				case "leave":
					leaveOurs()
					leaveStd()
				case "end":
					endOurs()
					endStd()
				}
			}
			at, ok := ours.Deadline()
			if want, _ := std.Deadline(); !ok || !at.Equal(want) {
				rt.Fatalf("deadline %v, want %v", at, want)
			}
			endOurs()
			endStd()
			if ours.Err() == nil || !over(ours.Done()) {
				rt.Fatalf("%v: goes on after its end", steps)
			}
		})
	})
}

// Contexts made from it need no goroutine, also where many want to know of the end
// at once.
func TestDeadlineNeedsNoGoroutine(t *testing.T) {
	h := within(time.Minute, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		before := runtime.NumGoroutine()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { r.Context().Done() })
		}
		wg.Wait()
		for range 50 {
			ctx, end := context.WithCancel(r.Context())
			defer end()
			ctx.Done()
		}
		if now := runtime.NumGoroutine(); now >= before+50 {
			t.Errorf("%d goroutines, %d before", now, before)
		}
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}
