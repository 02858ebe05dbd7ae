package settings

import (
	"os"
	"sync"

	"census-gateway/edge"
)

// defaultPageCache is the default size of the page cache, in bytes. It is computed once, since
// the memory of a container can change while the gateway runs.
var defaultPageCache = sync.OnceValue(func() int64 { return pageCacheFor(edge.AvailableMemory(os.Getenv)) })

// pageCacheFor returns an eighth of memory, within bounds. Every process has room for the
// minimum, and the maximum is enough for workspaces of about 10,000 syncs. memory is 0 if
// unknown.
func pageCacheFor(memory int64) int64 {
	const mib = 1 << 20
	return min(max(memory/8/mib*mib, 64*mib), 1024*mib)
}
