package paging

import (
	"time"

	"census-gateway/internal/when"
)

// Kept is what is Kept of one list beside its chunks: the newest rows, and the
// proof that the chunks of its epoch still are where they were. An epoch ends
// when old rows are removed, which moves every ordinal. It is never changed.
type Kept[T any] struct {
	Epoch   int64
	Size    int        // rows of its chunks: they are numbered by it
	Newest  Segment[T] // the place of the newest row when last read; of no rows where there are none
	total   int
	told    time.Time // when a page was asked for that told the total
	proved  time.Time // until then, no row had been removed since the epoch began
	arrived int64     // the moment of the last page read for it: an older answer may be of another epoch
	sealed  bool      // there are chunks worth to be proved
	Wary    bool      // Census has been seen to order ties otherwise than by id
}

// A Block is a chunk that is kept. It stands in its epoch.
type Block[T any] struct {
	first  int // ordinal of the first row
	Rows   []T
	Packed Packed[T] // instead of rows; nil: there are rows
	Until  time.Time // until when they count
	fringe
}

// Packed are rows in less memory than they take as they are.
type Packed[T any] interface {
	Rows(more int) []T // oldest first, with room for more; not to be written to
	Bytes() int
}

// Block is g as it is kept, which counts until then.
func (g *Segment[T]) Block(until time.Time) Block[T] {
	return Block[T]{first: g.First, Rows: g.Rows, Until: until, fringe: g.fringe}
}

// Open is b as a segment.
func (b Block[T]) Open() Segment[T] {
	if b.Packed != nil {
		b.Rows = b.Packed.Rows(0)
	}
	return Segment[T]{First: b.first, Rows: b.Rows, until: b.Until, fringe: b.fringe}
}

// A Top is the newest rows of a list when last read.
type Top[T any] struct {
	Segment[T]
	Below Packed[T] // further ones right below; nil: none
	Loose int       // so many of both are loose below
}

// Remember gives v what is kept of its list, but for the newest rows: chunk is what is
// kept of the rows around an ordinal, and counts.
func (v *View[T]) Remember(k *Kept[T], chunk func(n int) (Segment[T], bool)) {
	v.kept, v.floor, v.Epoch, v.Arrived, v.chunk = k, k.total, k.Epoch, k.arrived, chunk
}

// Remembers tells whether anything is kept of the list of v.
func (v *View[T]) Remembers() bool { return v.kept != nil }

// Of tells whether v remembers the epoch of k.
func (v *View[T]) Of(k *Kept[T]) bool { return v.kept != nil && v.kept.Epoch == k.Epoch }

// Learned tells whether v has read what may be kept: a list whose length is not told
// cannot be proved.
func (v *View[T]) Learned() bool { return len(v.news) > 0 && !v.untold }

// Recall gives v the newest rows that are kept, or where they are over their time,
// which is life, the place of them: the next page shows by it whether the epoch goes
// on. Each thing counts for its life from when it was asked for: the newest rows, the
// total, and the proof that rows stand where they did, which tells nothing of the other
// two. What is over its time for no longer than more counts too. newest is what is kept
// at their place; nil: nothing.
func (v *View[T]) Recall(newest *Top[T], now time.Time, life, more time.Duration) {
	k := v.kept
	counts := func(asked time.Time) bool { return now.Before(asked.Add(life + more)) }
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

// A Keeper keeps what a view found out.
type Keeper[T any] struct {
	Size   int                 // rows of its chunks
	Epoch  func() int64        // names an epoch that begins
	Sealed func(rows []T) bool // whether rows will change no more
	Chunk  func(epoch int64, g *Segment[T], sealed bool)
}

// Keep has to keep the chunks that v found, and tells what is to be kept beside them,
// where was is: nil, where nothing is kept, or of chunks of another size. head is the
// newest rows, if they were read. Where next is nil nothing is to be kept: others have
// found out something of another epoch. It returns v, or where an epoch begins with
// what v read, that alone.
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
	default: // nothing ties what was read to an epoch: it begins one
		next.Epoch, next.Size, next.Wary = to.Epoch(), to.Size, was != nil && was.Wary
		v = v.restart()
	}
	v.Epoch = next.Epoch
	next.total = max(next.total, v.total) // no epoch outlives a fall of it
	next.arrived = max(next.arrived, arrived)
	next.told = when.Later(next.told, v.asked())
	next.proved = when.Later(next.proved, v.proved)
	next.Wary = next.Wary || v.crooked
	for i := range v.segments {
		g := &v.segments[i]
		known := !g.until.IsZero()
		if g.group > 0 || known && !g.Mended { // stands alone, or was kept already
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

// Follow has v, which remembers what is kept, go on downwards from the row of ordinal
// n, where before ended, as if both were one; false if another epoch has begun
// meanwhile, or the row is not there: then v has to find its place again.
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
			g.until = now // it is kept already
		}
		v.segments = append(v.segments, g)
		v.total, v.Arrived, v.tied = before.total, max(v.Arrived, before.Arrived), v.kept != nil
		v.order = before.order
		return true
	}
	return false
}
