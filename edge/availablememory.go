package edge

import (
	"io/fs"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// AvailableMemory returns how many bytes of memory the process may use: the minimum of the
// machine's memory, the limit of its container or service, and GOMEMLIMIT; 0 if unknown. The
// first two are known on Linux only.
func AvailableMemory(getenv func(string) string) int64 {
	root := os.DirFS("/")
	n := minKnown(totalMemory(root), containerMemory(root))
	if getenv("GOMEMLIMIT") != "" {
		n = minKnown(n, debug.SetMemoryLimit(-1)) // as the runtime has read it
	}
	return n
}

// minKnown returns the smaller of two numbers of bytes; 0 means unknown.
func minKnown(a, b int64) int64 {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

// totalMemory returns the memory of the machine.
func totalMemory(root fs.FS) int64 {
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "MemTotal:")
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.ParseInt(kb, 10, 64)
	if err != nil || n <= 0 || n > 1<<50 {
		return 0
	}
	return n << 10
}

// containerMemory returns the smallest limit of the cgroups of the process, version 2 or 1.
func containerMemory(root fs.FS) (limit int64) {
	groups := []string{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"} // in a container
	text, _ := fs.ReadFile(root, "proc/self/cgroup")
	for line := range strings.Lines(string(text)) { // number:controllers:path
		kind, name, _ := strings.Cut(strings.TrimSpace(line), "/")
		for ; name != "." && name != ""; name = path.Dir(name) {
			switch {
			case kind == "0::":
				groups = append(groups, path.Join("sys/fs/cgroup", name, "memory.max"))
			case strings.HasSuffix(kind, ":memory:"):
				groups = append(groups, path.Join("sys/fs/cgroup/memory", name, "memory.limit_in_bytes"))
			}
		}
	}
	for _, file := range groups {
		text, err := fs.ReadFile(root, file)
		if n, bad := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && bad == nil && n > 0 && n <= 1<<50 { // otherwise "max" or the like
			limit = minKnown(limit, n)
		}
	}
	return limit
}
