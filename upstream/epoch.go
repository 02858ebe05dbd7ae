package upstream

import (
	"time"

	"census-gateway/internal/when"
)

// kept is what is kept of one list beside its chunks: the newest rows, and the
// proof that the chunks of its epoch still are where they were. An epoch ends
// when old rows are removed, which moves every ordinal. It is never changed.
type kept[T any] struct {
	epoch   int64
	size    int        // rows of its chunks: they are numbered by it
	newest  segment[T] // the place of the newest row when last read; of no rows where there are none
	total   int
	told    time.Time // when a page was asked for that told the total
	proved  time.Time // until then, no row had been removed since the epoch began
	arrived int64     // the moment of the last page read for it: an older answer may be of another epoch
	sealed  bool      // there are chunks worth to be proved
	wary    bool      // Census has been seen to order ties otherwise than by id
}

// A block is a chunk that is kept. It stands in its epoch.
type block[T any] struct {
	first  int // ordinal of the first row
	rows   []T
	packed packed[T] // instead of rows; nil: there are rows
	until  time.Time // until when they count
	fringe
}

// packed are rows in less memory than they take as they are.
type packed[T any] interface {
	Rows(more int) []T // oldest first, with room for more; not to be written to
	Bytes() int
}

// block is g as it is kept, which counts until then.
func (g *segment[T]) block(until time.Time) block[T] {
	return block[T]{first: g.first, rows: g.rows, until: until, fringe: g.fringe}
}

// open is b as a segment.
func (b block[T]) open() segment[T] {
	if b.packed != nil {
		b.rows = b.packed.Rows(0)
	}
	return segment[T]{first: b.first, rows: b.rows, until: b.until, fringe: b.fringe}
}

// A top is the newest rows of a list when last read.
type top[T any] struct {
	segment[T]
	below packed[T] // further ones right below; nil: none
	loose int       // so many of both are loose below
}

// remember gives v what is kept of its list, but for the newest rows: chunk is what is
// kept of the rows around an ordinal, and counts.
func (v *view[T]) remember(k *kept[T], chunk func(n int) (segment[T], bool)) {
	v.kept, v.floor, v.epoch, v.arrived, v.chunk = k, k.total, k.epoch, k.arrived, chunk
}

// remembers tells whether anything is kept of the list of v.
func (v *view[T]) remembers() bool { return v.kept != nil }

// of tells whether v remembers the epoch of k.
func (v *view[T]) of(k *kept[T]) bool { return v.kept != nil && v.kept.epoch == k.epoch }

// learned tells whether v has read what may be kept: a list whose length is not told
// cannot be proved.
func (v *view[T]) learned() bool { return len(v.news) > 0 && !v.untold }

// recall gives v the newest rows that are kept, or where they are over their time, which
// is life, the place of them: the next page shows by it whether the epoch goes on. Each thing
// counts for its life from when it was asked for: the newest rows, the total, and the proof that rows
// stand where they did, which tells nothing of the other two. What is over its time for no longer than more
// counts too. newest is what is kept at their place; nil: nothing.
func (v *view[T]) recall(newest *top[T], now time.Time, life, more time.Duration) {
	k := v.kept
	counts := func(asked time.Time) bool { return now.Before(asked.Add(life + more)) }
	head, whole := k.newest, false
	if t := newest; t != nil && t.sent.Equal(head.sent) && t.end() == head.end() { // of the same page
		head, v.below, v.underneath, whole = t.segment, t.below, t.loose, true
	}
	head.until = head.sent.Add(life)
	v.fresh = counts(k.proved)
	switch {
	case len(head.rows) == 0:
	case whole && v.fresh && counts(head.sent):
		v.segments, v.recalled, v.order = []segment[T]{head}, []segment[T]{head}, head.order
	default:
		v.witnesses = []segment[T]{head}
	}
	if v.fresh && counts(k.told) {
		v.total, v.told = k.total, k.told
		if k.total == 0 || len(v.recalled) > 0 && head.end() == k.total {
			v.end = k.total
		}
	}
}

// A keeper keeps what a view found out.
type keeper[T any] struct {
	size   int                 // rows of its chunks
	epoch  func() int64        // names an epoch that begins
	sealed func(rows []T) bool // whether rows will change no more
	chunk  func(epoch int64, g *segment[T], sealed bool)
}

// keep has to keep the chunks that v found, and tells what is to be kept beside them, where was is:
// nil, where nothing is kept, or of chunks of another size. head is the newest rows, if they were read. Where
// next is nil nothing is to be kept: others have found out something of another epoch. It returns v, or
// where an epoch begins with what v read, that alone.
func (v *view[T]) keep(was *kept[T], to keeper[T]) (as *view[T], next *kept[T], head *segment[T]) {
	if was != nil && was.size != to.size {
		was = nil
	}
	arrived := v.arrived
	next = &kept[T]{}
	switch {
	case was != nil && (v.kept == nil || was.epoch != v.kept.epoch):
		return v, nil, nil
	case was != nil && v.tied:
		*next = *was
	default: // nothing ties what was read to an epoch: it begins one
		next.epoch, next.size, next.wary = to.epoch(), to.size, was != nil && was.wary
		v = v.restart()
	}
	v.epoch = next.epoch
	next.total = max(next.total, v.total) // no epoch outlives a fall of it
	next.arrived = max(next.arrived, arrived)
	next.told = when.Later(next.told, v.asked())
	next.proved = when.Later(next.proved, v.proved)
	next.wary = next.wary || v.crooked
	for i := range v.segments {
		g := &v.segments[i]
		known := !g.until.IsZero()
		if g.group > 0 || known && !g.mended { // stands alone, or was kept already
			continue
		}
		sealed := g.first%to.size == 0 && len(g.rows) == to.size && to.sealed(g.rows)
		if g.mended && len(v.recalled) > 0 && !sealed { // some of its rows may be older than it
			continue
		}
		if !known && (len(next.newest.rows) == 0 || g.end() == v.total && !g.sent.Before(next.newest.sent)) {
			head, next.newest = g, *g
		}
		if g.first%to.size != 0 || len(g.rows) < to.size && g.end() != v.total {
			continue
		}
		next.sealed = next.sealed || sealed
		to.chunk(next.epoch, g, sealed)
	}
	return v, next, head
}

// follow has v, which remembers what is kept, go on downwards from the row of ordinal n, where before
// ended, as if both were one; false if another epoch has begun meanwhile, or the row is not there:
// then v has to find its place again.
func (v *view[T]) follow(before *view[T], n int, now time.Time) bool {
	if v.kept != nil && v.epoch != before.epoch {
		return false
	}
	for _, g := range before.segments {
		if n < g.first || n >= g.end() || g.group > 0 && v.kept != nil {
			continue
		}
		g.group, g.mended, g.raw = 0, false, nil
		if g.until.IsZero() {
			g.until = now // it is kept already
		}
		v.segments = append(v.segments, g)
		v.total, v.arrived, v.tied = before.total, max(v.arrived, before.arrived), v.kept != nil
		v.order = before.order
		return true
	}
	return false
}
