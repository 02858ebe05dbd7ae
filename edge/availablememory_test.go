package edge

import (
	"os"
	"testing"
	"testing/fstest"
)

func TestMemoryOfMachineAndContainer(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	const v2, v1 = "sys/fs/cgroup/", "sys/fs/cgroup/memory/"
	for name, c := range map[string]struct {
		files            fstest.MapFS
		total, container int64
	}{
		"nothing is known": {nil, 0, 0},
		"a machine":        {fstest.MapFS{"proc/meminfo": file("MemTotal:       24684096 kB\nMemFree:  1 kB\n"), v2 + "memory.max": file("max\n")}, 24684096 << 10, 0},
		"odd files":        {fstest.MapFS{"proc/meminfo": file("MemFree: 1 kB"), v2 + "memory.max": file(""), "proc/self/cgroup": file("x\n\n::\n0::/../../x\n")}, 0, 0},
		"a container":      {fstest.MapFS{v2 + "memory.max": file("536870912\n"), "proc/self/cgroup": file("0::/\n")}, 0, 512 << 20},
		"a container of version 1 without a limit": {fstest.MapFS{v1 + "memory.limit_in_bytes": file("9223372036854771712\n")}, 0, 0},
		"version 1": {fstest.MapFS{v1 + "memory.limit_in_bytes": file("1000")}, 0, 1000},
		"a service in a slice": {fstest.MapFS{"proc/self/cgroup": file("0::/system.slice/gateway.service\n"), v2 + "system.slice/gateway.service/memory.max": file("max\n"),
			v2 + "system.slice/memory.max": file("2000\n")}, 0, 2000},
		"the least of several": {fstest.MapFS{"proc/self/cgroup": file("1:cpu:/a/b\n12:memory:/a/b\n0::/c\n"), v1 + "a/b/memory.limit_in_bytes": file("3000"),
			v1 + "a/memory.limit_in_bytes": file("5000"), v2 + "c/memory.max": file("4000")}, 0, 3000},
	} {
		if total, container := totalMemory(c.files), containerMemory(c.files); total != c.total || container != c.container {
			t.Errorf("%s: %d and %d bytes, want %d and %d", name, total, container, c.total, c.container)
		}
	}
}

func TestAvailableMemory(t *testing.T) {
	here := AvailableMemory(func(string) string { return "" })
	if _, err := os.Stat("/proc/meminfo"); err == nil && here < 1<<20 {
		t.Errorf("%d bytes", here)
	}
	if n := AvailableMemory(func(string) string { return "set" }); n < here && here > 0 && os.Getenv("GOMEMLIMIT") == "" {
		t.Errorf("%d bytes where GOMEMLIMIT sets no limit, else %d", n, here)
	}
	for _, c := range [][3]int64{{0, 0, 0}, {0, 5, 5}, {5, 0, 5}, {5, 6, 5}, {6, 5, 5}} {
		if got := minKnown(c[0], c[1]); got != c[2] {
			t.Errorf("least of %d and %d: %d", c[0], c[1], got)
		}
	}
}
