package upstream

import (
	"errors"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/paging"
)

// How long smaller pages are asked for before larger ones are tried again.
const (
	toldFor  = time.Hour        // Census said how large its pages are
	heavyFor = 10 * time.Minute // larger ones did not come in time
)

// A page that did not come in time, after it had some, is asked for again with a
// fifth of its rows; not with fewer than the fewest.
const (
	lighter    = 5
	fewestRows = 2
	someTime   = time.Second
)

// notes are what is known of the lists of one token.
type notes struct {
	syncs   atomic.Int64                                // syncs in the workspace when last told; 0: not yet
	ordered atomic.Int64                                // until when V2's list of syncs is taken to be in creation order, in ns since 1970; 0: not proved
	sizes   atomic.Pointer[map[calls.Endpoint]pageSize] // nil: pages are as large as they can be
	mu      sync.Mutex                                  // one change of sizes at a time
}

// A pageSize is how large pages of a list are for now.
type pageSize struct {
	rows  int
	until time.Time
}

// pageSize is how many rows a page of e is asked for: most, unless there is a reason
// for fewer.
func (n *notes) pageSize(e calls.Endpoint, most int) int {
	sizes := n.sizes.Load()
	if sizes == nil {
		return most
	}
	if size, ok := (*sizes)[e]; ok && size.rows < most && time.Now().Before(size.until) {
		return size.rows
	}
	return most
}

// setPageSize has pages of e be of so many rows for that time.
func (n *notes) setPageSize(e calls.Endpoint, rows int, d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	next := make(map[calls.Endpoint]pageSize)
	if sizes := n.sizes.Load(); sizes != nil {
		maps.Copy(next, *sizes)
	}
	next[e] = pageSize{rows, time.Now().Add(d)}
	n.sizes.Store(&next)
}

// suits takes in what the answer to r, or its failure, tells of the size of pages. With
// an error they are to be smaller.
func (l list[T]) suits(r paging.Read, perPage int, err error, took time.Duration) {
	var failed *calls.Error
	switch {
	case err == nil && perPage > 0 && perPage < r.PerPage():
		l.client.notes.setPageSize(l.endpoint, perPage, toldFor)
	case l.endpoint != calls.ListSyncs || !errors.As(err, &failed) || took < someTime:
	case failed.Kind == calls.Timeout || failed.Status == http.StatusGatewayTimeout:
		if rows := max(r.PerPage()/lighter, fewestRows); rows < r.PerPage() {
			l.client.notes.setPageSize(l.endpoint, rows, heavyFor)
		} else { // it is not the size
			l.client.notes.setPageSize(l.endpoint, l.most, 0)
		}
	}
}

// resized is l with smaller pages, if it was found out while it was read, which failed with
// err, that they are to be smaller.
func (l list[T]) resized(err error) (list[T], bool) {
	size := l.client.notes.pageSize(l.endpoint, l.most)
	smaller := err != nil && size < l.size
	if smaller {
		l.size = size
	}
	return l, smaller
}
