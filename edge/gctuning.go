package edge

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Settings of the garbage collector unless GOGC and GOMEMLIMIT set others. Most memory of a
// request is garbage when it ends, so the collector runs rarely.
const (
	maxGarbagePercent = 400       // % of the bytes in use, while these are few
	minGarbagePercent = 50        // % of the bytes in use, however many: caches hold few pointers to follow
	maxGarbageBytes   = 32 << 20  // bytes of garbage beyond which the percentage falls to the minimum
	minHeap           = 256 << 20 // bytes up to which memory may grow, outside of a container
)

// TuneMemory trades memory for CPU time. The collector runs rarely until memory comes near a
// limit, and more often beyond it. The limit is three times the size of the caches, caches bytes,
// but at least 256 MiB. In a container it is at most 90 % of the container's limit. GOGC and
// GOMEMLIMIT override these.
func TuneMemory(getenv func(string) string, caches int64) {
	if getenv("GOGC") == "" {
		percent := maxGarbagePercent
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
	limit := max(minHeap, 3*caches)
	if most := containerMemory(os.DirFS("/")); most > 0 {
		limit = min(limit, most/10*9)
	}
	debug.SetMemoryLimit(limit)
}

// gcPercent returns how much garbage may accumulate with live bytes in use, in % of them.
func gcPercent(live uint64) int {
	return int(min(max(maxGarbageBytes*100/max(live, 1), minGarbagePercent), maxGarbagePercent))
}

// afterEachGC calls do after each collection, with the number of bytes in use.
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
