package upstream

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/calls"
)

func TestParallelIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most, all atomic.Int64
		began := time.Now()
		parallel(calls.DefaultMaxCalls, make([]struct{}, 10*calls.DefaultMaxCalls), func(struct{}) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Second)
			now.Add(-1)
			all.Add(1)
		})
		if all.Load() != 10*calls.DefaultMaxCalls || most.Load() > calls.DefaultMaxCalls {
			t.Errorf("%d done, up to %d at once", all.Load(), most.Load())
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("took %s: not %d at once", took, calls.DefaultMaxCalls)
		}
	})
}

// A panic in one call reaches the caller after all others are over.
func TestParallelRaisesPanics(t *testing.T) {
	for n := range 100 {
		items := make([]int, n+1)
		items[n] = 13
		var over atomic.Int64
		func() {
			defer func() {
				if p := recover(); p != 13 || over.Load() != int64(n) {
					t.Errorf("panic %v when %d of %d were over", p, over.Load(), n)
				}
			}()
			parallel(calls.DefaultMaxCalls, items, func(item int) {
				if item == 13 {
					panic(item)
				}
				over.Add(1)
			})
		}()
	}
}

func TestParallelOfNothing(t *testing.T) {
	parallel(calls.DefaultMaxCalls, nil, func(int) { t.Error("called") })
}
