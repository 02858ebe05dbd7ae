package edge

import (
	"runtime"
	"testing"
	"time"
)

func TestGarbageIsBounded(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 1: 400, 8 << 20: 400, 10 << 20: 320, 16 << 20: 200, 32 << 20: 100, 64 << 20: 50, 1 << 40: 50} {
		if got := gcPercent(live); got != want {
			t.Errorf("%d bytes in use: %d %%, want %d", live, got, want)
		}
	}
	collections := make(chan uint64, 8)
	afterEachGC(func(live uint64) {
		select {
		case collections <- live:
		default: // nobody listens any more
		}
	})
	for range 3 {
		runtime.GC()
		select {
		case live := <-collections:
			if live == 0 || live > 1<<30 {
				t.Errorf("%d bytes in use", live)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the function was not called after a collection")
		}
	}
}
