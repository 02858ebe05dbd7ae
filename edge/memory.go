package edge

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// What the garbage collector is told unless GOGC and GOMEMLIMIT say otherwise.
// Most of what a request makes is garbage when it ends: it is collected rarely.
const (
	mostGarbage  = 400       // % of what is in use, while that is little
	leastGarbage = 50        // % of it, however much that is: what caches hold has few pointers to follow
	muchGarbage  = 32 << 20  // bytes beyond which garbage is held down to the least
	leastHeap    = 256 << 20 // bytes up to which memory may grow for it, outside of a container
)

// TuneMemory trades memory for time: the collector runs rarely until memory comes
// near a limit, and harder from there on. The limit is three times what the caches
// may hold, caches bytes, and at least 256 MiB; and 90 % of what the container may
// use, where there is one. GOGC and GOMEMLIMIT win.
func TuneMemory(getenv func(string) string, caches int64) {
	if getenv("GOGC") == "" {
		percent := mostGarbage
		debug.SetGCPercent(percent)
		afterEachGC(func(live uint64) {
			if p := gcPercent(live); p != percent {
				percent = p
				debug.SetGCPercent(p)
			}
		})
	}
	if getenv("GOMEMLIMIT") != "" {
		return
	}
	limit := max(leastHeap, 3*caches)
	if most := containerMemory(os.DirFS("/")); most > 0 {
		limit = min(limit, most/10*9)
	}
	debug.SetMemoryLimit(limit)
}

// gcPercent is how much garbage may pile up beside so many bytes in use, in % of
// them.
func gcPercent(live uint64) int {
	return int(min(max(muchGarbage*100/max(live, 1), leastGarbage), mostGarbage))
}

// afterEachGC calls do after each collection, with the bytes that it found in use.
func afterEachGC(do func(live uint64)) {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var wait func()
	wait = func() {
		runtime.SetFinalizer(new(func()), func(*func()) {
			metrics.Read(sample)
			do(sample[0].Value.Uint64())
			wait()
		})
	}
	wait()
}
