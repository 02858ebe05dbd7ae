package edge

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// What the garbage collector is told unless GOGC and GOMEMLIMIT say otherwise.
const (
	gcPercent = 400       // most of what a request makes is garbage when it ends: collect rarely
	leastHeap = 256 << 20 // bytes up to which memory may grow for it, outside of a container
)

// TuneMemory trades memory for time: the collector runs rarely until memory comes
// near a limit, and harder from there on. The limit is three times what the caches
// may hold, caches bytes, and at least 256 MiB; and 90 % of what the container may
// use, where there is one. GOGC and GOMEMLIMIT win.
func TuneMemory(getenv func(string) string, caches int64) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if getenv("GOMEMLIMIT") != "" {
		return
	}
	limit := max(leastHeap, 3*caches)
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} { // cgroup v2, v1
		if text, err := os.ReadFile(file); err == nil {
			if most := memoryLimit(string(text)); most > 0 {
				limit = min(limit, most)
			}
			break
		}
	}
	debug.SetMemoryLimit(limit)
}

// memoryLimit is 90 % of a cgroup's limit in bytes; 0 where that is "max" or too
// large to mean anything.
func memoryLimit(text string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n <= 0 || n > 1<<50 {
		return 0
	}
	return n / 10 * 9
}
