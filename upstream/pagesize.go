package upstream

import (
	"crypto/cipher"
	"errors"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/paging"
)

// How long smaller pages are requested before larger ones are tried again.
const (
	toldFor  = time.Hour        // Census reported its page size
	heavyFor = 10 * time.Minute // larger pages timed out
)

// After a page times out, the next request asks for a fifth of its rows, but never for fewer
// than these.
const (
	lighter    = 5
	fewestRows = 2
	someTime   = time.Second
)

// notes are what is known of the lists of one token.
type notes struct {
	syncs   atomic.Int64                                // syncs in the workspace when last reported; 0: unknown
	ordered atomic.Int64                                // until when V2's syncs are taken to be in creation order, in ns since 1970; 0: unproved
	sizes   atomic.Pointer[map[calls.Endpoint]pageSize] // nil: pages have their largest size
	mu      sync.Mutex                                  // held while sizes change
	sealer  cipher.AEAD                                 // encrypts what is stored for other gateways; nil: nothing is
}

func (c *cache) newNotes(token string) any {
	n := new(notes)
	if c.store != nil {
		n.sealer = newSealer(token)
	}
	return n
}

// A pageSize is the current size of a list's pages.
type pageSize struct {
	rows  int
	until time.Time
}

// pageSize returns how many rows to request for a page of e: most, unless smaller pages are
// needed.
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

// setPageSize sets the rows of pages of e for the duration d.
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

// suits learns the page size from the answer to r, or from its failure. An error asks for
// smaller pages.
func (l list[T]) suits(r paging.Read, perPage int, err error, took time.Duration) {
	if err == nil {
		if perPage > 0 && perPage < r.PerPage() {
			l.client.notes.setPageSize(l.endpoint, perPage, toldFor)
		}
		return
	}
	var failed *calls.Error
	switch {
	case l.endpoint != calls.ListSyncs || !errors.As(err, &failed) || took < someTime:
	case failed.Kind == calls.Timeout || failed.Status == http.StatusGatewayTimeout:
		if rows := max(r.PerPage()/lighter, fewestRows); rows < r.PerPage() {
			l.client.notes.setPageSize(l.endpoint, rows, heavyFor)
		} else { // the size is not the reason
			l.client.notes.setPageSize(l.endpoint, l.most, 0)
		}
	}
}

// resized returns l with smaller pages, if reading it failed with err and smaller pages may
// help.
func (l list[T]) resized(err error) (list[T], bool) {
	size := l.client.notes.pageSize(l.endpoint, l.most)
	smaller := err != nil && size < l.size
	if smaller {
		l.size = size
	}
	return l, smaller
}
