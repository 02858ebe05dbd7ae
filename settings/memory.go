package settings

import (
	"os"
	"sync"

	"census-gateway/edge"
)

// defaultPageCache is how many bytes the page cache has unless it is set. It is found
// out once: what a container may use can change while the gateway runs.
var defaultPageCache = sync.OnceValue(func() int64 { return pageCacheFor(edge.AvailableMemory(os.Getenv)) })

// pageCacheFor is an eighth of memory, within bounds: a process has room for the least,
// and the most is enough for workspaces of some 10,000 syncs. memory is 0 where it is not known.
func pageCacheFor(memory int64) int64 {
	const mib = 1 << 20
	return min(max(memory/8/mib*mib, 64*mib), 1024*mib)
}
