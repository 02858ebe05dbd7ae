package paging

import (
	"time"

	"census-gateway/internal/when"
)

// Kept is what is cached of one list beside its chunks: the newest rows, and the proof that
// the chunks of its epoch are still in place. An epoch ends when old rows are removed, which
// moves every ordinal. A Kept is immutable.
type Kept[T any] struct {
	Epoch   int64
	Size    int        // rows per chunk, which defines the chunk numbers
	Newest  Segment[T] // the place of the newest row when last read; no rows if unknown
	total   int
	told    time.Time // when the last page with a total was requested
	proved  time.Time // until then, no row had been removed since the epoch began
	arrived int64     // the moment of the last page read for it: an older answer may belong to another epoch
	sealed  bool      // there are chunks worth proving
	Wary    bool      // Census was seen to order ties other than by id
}

// A Block is a cached chunk. It belongs to its epoch.
type Block[T any] struct {
	first  int // ordinal of the first row
	Rows   []T
	Packed Packed[T] // replaces Rows; nil: Rows is set
	Until  time.Time // when they expire
	fringe
}

// Proved returns until when it is known that no row had been removed since the epoch began.
func (k *Kept[T]) Proved() time.Time { return k.proved }

// Packed are rows in a form that takes less memory.
type Packed[T any] interface {
	Rows(more int) []T // oldest first, with room for more; not to be written to
	Bytes() int
}

// Block returns g in the form it is cached in, with its expiry.
func (g *Segment[T]) Block(until time.Time) Block[T] {
	return Block[T]{first: g.First, Rows: g.Rows, Until: until, fringe: g.fringe}
}

// Open returns b as a segment.
func (b Block[T]) Open() Segment[T] {
	if b.Packed != nil {
		b.Rows = b.Packed.Rows(0)
	}
	return Segment[T]{First: b.first, Rows: b.Rows, until: b.Until, fringe: b.fringe}
}

// A Top is the newest rows of a list when last read.
type Top[T any] struct {
	Segment[T]
	Below Packed[T] // further rows right below; nil: none
	Loose int       // number of these and Rows that are loose below
}

// Remember passes the cached rows of a list to v, without the newest. chunk returns the cached
// rows around an ordinal, and whether they are fresh.
func (v *View[T]) Remember(k *Kept[T], chunk func(n int) (Segment[T], bool)) {
	v.kept, v.floor, v.Epoch, v.Arrived, v.chunk = k, k.total, k.Epoch, k.arrived, chunk
}

// Remembers reports whether v has anything cached of its list.
func (v *View[T]) Remembers() bool { return v.kept != nil }

// Of reports whether v remembers the epoch of k.
func (v *View[T]) Of(k *Kept[T]) bool { return v.kept != nil && v.kept.Epoch == k.Epoch }

// Learned reports whether v has read something to cache. A list without a total cannot be
// proved, so nothing of it is.
func (v *View[T]) Learned() bool { return len(v.news) > 0 && !v.untold }

// Recall passes the cached newest rows to v. If they expired, it passes only their place, by
// which the next page shows whether the epoch continues.
//
// The newest rows, the total and the proof of the epoch each stay fresh for life after
// their own request; the proof implies nothing about the other two. Entries that expired
// less than more ago are accepted too; those requested before since are not. newest is the
// cached entry at the place of the newest rows, or nil.
func (v *View[T]) Recall(newest *Top[T], now, since time.Time, life, more time.Duration) {
	k := v.kept
	counts := func(asked time.Time) bool { return now.Before(asked.Add(life+more)) && !asked.Before(since) }
	head, whole := k.Newest, false
	if t := newest; t != nil && t.Sent.Equal(head.Sent) && t.end() == head.end() { // of the same page
		head, v.below, v.underneath, whole = t.Segment, t.Below, t.Loose, true
	}
	head.until = head.Sent.Add(life)
	v.fresh = counts(k.proved)
	switch {
	case len(head.Rows) == 0:
	case whole && v.fresh && counts(head.Sent):
		v.segments, v.recalled, v.order = []Segment[T]{head}, []Segment[T]{head}, head.order
	default:
		v.witnesses = []Segment[T]{head}
	}
	if v.fresh && counts(k.told) {
		v.total, v.told = k.total, k.told
		if k.total == 0 || len(v.recalled) > 0 && head.end() == k.total {
			v.end = k.total
		}
	}
}

// A Keeper stores what a view found.
type Keeper[T any] struct {
	Size   int                 // rows per chunk
	Epoch  func() int64        // numbers an epoch that begins
	Sealed func(rows []T) bool // reports whether rows will not change again
	Chunk  func(epoch int64, g *Segment[T], sealed bool)
}

// Keep passes the chunks that v found to the Keeper, and returns what to cache beside them.
// was is the present entry; nil if missing, or if its chunks have another size. head is
// the newest rows, if they were read. If next is nil, nothing is to be cached: others found
// something of another epoch meanwhile. as is v, or only what v read if that begins an epoch.
func (v *View[T]) Keep(was *Kept[T], to Keeper[T]) (as *View[T], next *Kept[T], head *Segment[T]) {
	if was != nil && was.Size != to.Size {
		was = nil
	}
	arrived := v.Arrived
	next = &Kept[T]{}
	switch {
	case was != nil && (v.kept == nil || was.Epoch != v.kept.Epoch):
		return v, nil, nil
	case was != nil && v.tied:
		*next = *was
	default: // no known row connects these pages to an epoch: they begin one
		next.Epoch, next.Size, next.Wary = to.Epoch(), to.Size, was != nil && was.Wary
		v = v.restart()
	}
	v.Epoch = next.Epoch
	next.total = max(next.total, v.total) // the total never falls within an epoch
	next.arrived = max(next.arrived, arrived)
	next.told = when.Later(next.told, v.asked())
	next.proved = when.Later(next.proved, v.proved)
	next.Wary = next.Wary || v.crooked
	for i := range v.segments {
		g := &v.segments[i]
		known := !g.until.IsZero()
		if g.group > 0 || known && !g.Mended { // not connected to the epoch, or cached already
			continue
		}
		sealed := g.First%to.Size == 0 && len(g.Rows) == to.Size && to.Sealed(g.Rows)
		if g.Mended && len(v.recalled) > 0 && !sealed { // some of its rows may be older than it
			continue
		}
		if !known && (len(next.Newest.Rows) == 0 || g.end() == v.total && !g.Sent.Before(next.Newest.Sent)) {
			head, next.Newest = g, *g
		}
		if g.First%to.Size != 0 || len(g.Rows) < to.Size && g.end() != v.total {
			continue
		}
		next.sealed = next.sealed || sealed
		to.Chunk(next.Epoch, g, sealed)
	}
	return v, next, head
}

// Follow makes v, which remembers what is cached, continue downwards from the row of ordinal
// n, where before ended, as if both were one view. It returns false if another epoch has begun
// meanwhile or the row is missing. Then v must search for its place again.
func (v *View[T]) Follow(before *View[T], n int, now time.Time) bool {
	if v.kept != nil && v.Epoch != before.Epoch {
		return false
	}
	for _, g := range before.segments {
		if n < g.First || n >= g.end() || g.group > 0 && v.kept != nil {
			continue
		}
		g.group, g.Mended, g.Raw = 0, false, nil
		if g.until.IsZero() {
			g.until = now // it is cached already
		}
		v.segments = append(v.segments, g)
		v.total, v.Arrived, v.tied = before.total, max(v.Arrived, before.Arrived), v.kept != nil
		v.order = before.order
		return true
	}
	return false
}
