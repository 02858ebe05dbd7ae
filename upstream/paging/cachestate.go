package paging

import "time"

// CachedList is what is cached of one list beside its chunks: the newest rows, and the proof that
// the chunks of its epoch are still in place. An epoch ends when old rows are removed, which
// moves every ordinal. A CachedList is immutable.
type CachedList[T any] struct {
	Epoch          int64
	Size           int        // rows per chunk, which defines the chunk numbers
	Newest         Segment[T] // the place of the newest row when last read; no rows if unknown
	total          int
	totalRequested time.Time // when the last page with a total was requested
	proved         time.Time // until then, no row had been removed since the epoch began
	arrived        int64     // the moment of the last page read for it: an older answer may belong to another epoch
	sealed         bool      // there are chunks worth proving
	DistrustTies   bool      // Census was seen to order ties other than by id
}

// A CachedChunk is a chunk in the form it is cached in. It belongs to its epoch.
type CachedChunk[T any] struct {
	first  int // ordinal of the first row
	Rows   []T
	Packed Packed[T] // replaces Rows; nil: Rows is set
	Until  time.Time // when they expire
	fringe
}

// Proved returns until when it is known that no row had been removed since the epoch began.
func (k *CachedList[T]) Proved() time.Time { return k.proved }

// Packed are rows in a form that takes less memory.
type Packed[T any] interface {
	Rows(more int) []T // oldest first, with room for more; not to be written to
	Bytes() int
}

// CachedChunk returns g in the form it is cached in, with its expiry.
func (g *Segment[T]) CachedChunk(until time.Time) CachedChunk[T] {
	return CachedChunk[T]{first: g.First, Rows: g.Rows, Until: until, fringe: g.fringe}
}

// Segment returns b as a segment.
func (b CachedChunk[T]) Segment() Segment[T] {
	if b.Packed != nil {
		b.Rows = b.Packed.Rows(0)
	}
	return Segment[T]{First: b.first, Rows: b.Rows, until: b.Until, fringe: b.fringe}
}

// NewestRows are the newest rows of a list when last read.
type NewestRows[T any] struct {
	Segment[T]
	Below Packed[T] // further rows right below; nil: none
	Loose int       // number of these and Rows that are loose below
}

// cacheState is what a view was given from the cache, and what it has found to be cached.
//
// Cached rows belong to an epoch: their ordinals are right if no old row was removed since. A
// page read now proves that, and joins the epoch, in two cases. It contains a row of the epoch
// at the same ordinal. Or it ends right below such a row: if rows had been removed, it would
// overlap that row. Any other page stands for itself. It must not be combined with cached rows
// until a later page proves everything before it.
//
// The same holds for the pages of one answer. Pages that a later page has shown to be of one
// time form a group. The epoch is group 0.
type cacheState[T any] struct {
	cachedList     *CachedList[T]                      // nil: nothing was cached
	cachedChunk    func(k int) (g Segment[T], ok bool) // returns a fresh chunk of the cache; nil: none
	witnesses      []Segment[T]                        // rows of the epoch that have expired
	packedBelow    Packed[T]                           // cached rows right below the first segment or witness; nil: none
	looseBelow     int                                 // number of these and the rows above that are loose below
	cachedTotal    int                                 // number of rows when last cached
	proofFresh     bool                                // the cached proof is fresh
	totalRequested time.Time                           // when the cached total was requested, if it is fresh; otherwise zero
	inEpoch        bool                                // a page that was read belongs to the epoch
	fromCache      []Segment[T]                        // cached rows that are fresh
	pagesRead      []readPage[T]                       // pages read
	proved         time.Time                           // until then the epoch is proved
	contradicted   bool                                // cached rows do not match the rows read
	Epoch          int64                               // of the cached rows; 0: none
	Arrived        int64                               // the moment of the last page read: older answers may hide a gap
}

// readPage is a page that was read.
type readPage[T any] struct {
	Read
	page Page[T]
	sent time.Time // when it was requested
}
