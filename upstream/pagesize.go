package upstream

import (
	"errors"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"census-gateway/upstream/calls"
)

// How long smaller pages are requested before larger ones are tried again.
const (
	reportedFor = time.Hour        // Census reported its page size
	heavyFor    = 10 * time.Minute // larger pages timed out
)

// After a page times out, the next request asks for a fifth of its rows, but never for fewer
// than these.
const (
	heavyDivisor = 5
	minRows      = 2
	minHeavyTime = time.Second
)

// pageSizes are how many rows the pages of each list have now. The zero value is ready for use.
type pageSizes struct {
	sizes atomic.Pointer[map[calls.Endpoint]pageSize] // nil: pages have their largest size
	mu    sync.Mutex                                  // held while sizes change
}

// A pageSize is the current size of a list's pages.
type pageSize struct {
	rows  int
	until time.Time
}

// of returns how many rows to request for a page of e: most, unless smaller pages are needed.
func (p *pageSizes) of(e calls.Endpoint, most int) int {
	sizes := p.sizes.Load()
	if sizes == nil {
		return most
	}
	if size, ok := (*sizes)[e]; ok && size.rows < most && time.Now().Before(size.until) {
		return size.rows
	}
	return most
}

// set sets the rows of pages of e for the duration d.
func (p *pageSizes) set(e calls.Endpoint, rows int, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := make(map[calls.Endpoint]pageSize)
	if sizes := p.sizes.Load(); sizes != nil {
		maps.Copy(next, *sizes)
	}
	next[e] = pageSize{rows, time.Now().Add(d)}
	p.sizes.Store(&next)
}

// learn learns the page size of e from an answer to a request for so many rows, or from its
// failure. An error asks for smaller pages.
func (p *pageSizes) learn(e calls.Endpoint, requested, perPage, most int, err error, took time.Duration) {
	if err == nil {
		if perPage > 0 && perPage < requested {
			p.set(e, perPage, reportedFor)
		}
		return
	}
	var failed *calls.Error
	switch {
	case e != calls.ListSyncs || !errors.As(err, &failed) || took < minHeavyTime:
	case failed.Kind == calls.Timeout || failed.Status == http.StatusGatewayTimeout:
		if rows := max(requested/heavyDivisor, minRows); rows < requested {
			p.set(e, rows, heavyFor)
		} else { // the size is not the reason
			p.set(e, most, 0)
		}
	}
}
