package upstream

import (
	"errors"
	"sync"
	"time"

	"census-gateway/internal/coding"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// A list is one list of Census that is read by pages: the runs of a sync, or the syncs or
// connections of the workspace.
type list[T any] struct {
	*listKind[T]
	client    *Client
	id        int64 // of the sync whose runs these are; 0 for lists of the workspace
	size      int   // rows of a chunk, and at most of a head: maxSize, or fewer for now
	anyOrder  bool  // pages are read in any order; only for allPages
	localOnly bool  // only what this process has cached is used
}

// A listKind is what all lists of an endpoint have in common.
type listKind[T any] struct {
	endpoint calls.Endpoint
	maxSize  int // rows of the largest page requested
	decode   func(body string, asked int) (census.Listing[T], error)
	position func(*T) paging.Position
	stripped func(*T) T                       // a row with its place only
	check    func(row *T, listID int64) error // also completes a row from the request; nil: accepts every row
	settled  func(*T, time.Time) bool         // whether a row will not change again; nil: every row may
	weight   func(*T) int                     // bytes of a row in memory, estimated
	pack     func([]T) paging.Packed[T]       // how rows that will not change again are cached; nil: unpacked
	write    func(*coding.Writer, []T)        // how rows are written for other gateways
	parse    func(*coding.Reader) []T         // and read
	views    sync.Pool                        // of *paging.View[T], for tempView
	rows     sync.Pool                        // of *[]T, for tempRows
}

// of returns the list of id, for c to read.
func (k *listKind[T]) of(c *Client, id int64) list[T] {
	return list[T]{listKind: k, client: c, id: id, size: c.facts.sizes.of(k.endpoint, k.maxSize)}
}

// The limits of one answer.
const (
	maxReads        = 96 // page reads; the largest window takes 12, finding a lost place up to 26
	maxMoves        = 5  // times the list may become shorter meanwhile
	maxMovesByTotal = 3  // of these, before its totals are ignored
)

// maxPages limits a list of which all pages are read: 10,000 syncs, 20,000 connections.
const maxPages = 200

var (
	errTooManyReads = errors.New("no answer within the limit of page reads")
	errNoMoreCalls  = errors.New("no further calls may be made")
)

// newView returns an empty view of the list.
func (l list[T]) newView() *paging.View[T] { return paging.NewView(l.position, l.wide()) }

// wide reports whether Census gives the largest pages, as far as known.
func (l list[T]) wide() bool { return l.size == l.maxSize }

// tempView returns an empty view for an answer from memory. Free it with freeView.
func (l list[T]) tempView() *paging.View[T] {
	v, ok := l.views.Get().(*paging.View[T])
	if !ok {
		return l.newView()
	}
	v.Reset(l.position, l.wide())
	return v
}

// freeView lets another answer use the memory of v.
func (l list[T]) freeView(v *paging.View[T]) {
	v.Reset(l.position, l.wide()) // it keeps no rows
	l.views.Put(v)
}

// tempRows returns memory for the rows of a scan, empty and not nil. Free it with freeRows.
func (l list[T]) tempRows() []T {
	if rows, ok := l.rows.Get().(*[]T); ok {
		return *rows
	}
	return []T{}
}

// freeRows lets another scan use the memory of rows.
func (l list[T]) freeRows(rows []T) {
	rows = rows[:cap(rows)]
	clear(rows)
	rows = rows[:0]
	l.rows.Put(&rows)
}

// lifetime returns how long rows that may change stay fresh.
func (l list[T]) lifetime() time.Duration {
	if l.settled == nil {
		return l.client.cache.syncsLifetime()
	}
	return l.client.cache.freshness
}

// notBefore returns the time before which pages were requested too early to be used. While
// Census fails, which is when more is not 0, invalidated ones may be used.
func (l list[T]) notBefore(more time.Duration) time.Time {
	if more > 0 {
		return l.client.since
	}
	return l.client.notBefore(l.endpoint, l.id)
}

// resized returns l with smaller pages, if reading it failed with err and smaller pages may
// help.
func (l list[T]) resized(err error) (list[T], bool) {
	size := l.client.facts.sizes.of(l.endpoint, l.maxSize)
	smaller := err != nil && size < l.size
	if smaller {
		l.size = size
	}
	return l, smaller
}

// sealed reports whether rows will not change again.
func (l list[T]) sealed(rows []T, now time.Time) bool {
	if l.settled == nil {
		return false
	}
	for i := range rows {
		if !l.settled(&rows[i], now) {
			return false
		}
	}
	return true
}

// pagesOf returns how many pages of a size hold that many syncs.
func pagesOf(syncs, size int) int { return (syncs + size - 1) / size }
