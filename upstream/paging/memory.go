package paging

import (
	"math"
	"slices"
	"time"

	"census-gateway/internal/when"
)

// memory is what a view was given from the cache, and what it has found to be cached.
//
// Cached rows belong to an epoch: their ordinals are right if no old row was removed since. A
// page read now proves that, and joins the epoch, in two cases. It contains a row of the epoch
// at the same ordinal. Or it ends right below such a row: if rows had been removed, it would
// overlap that row. Any other page stands for itself. It must not be combined with cached rows
// until a later page proves everything before it.
//
// The same holds for the pages of one answer. Pages that a later page has shown to be of one
// time form a group. The epoch is group 0.
type memory[T any] struct {
	kept       *Kept[T]                            // nil: nothing was cached
	chunk      func(k int) (g Segment[T], ok bool) // recalls a chunk; nil: none
	witnesses  []Segment[T]                        // rows of the epoch that have expired
	below      Packed[T]                           // cached rows right below the first segment or witness; nil: none
	underneath int                                 // number of these and below that are loose below
	floor      int                                 // number of rows when last cached
	fresh      bool                                // the cached proof is fresh
	told       time.Time                           // when the cached total was requested, if it is fresh; otherwise zero
	tied       bool                                // a page that was read belongs to the epoch
	recalled   []Segment[T]                        // cached rows that are fresh
	news       []news[T]                           // pages read
	proved     time.Time                           // until then the epoch is proved
	broken     bool                                // recalled rows do not match the rows read
	Epoch      int64                               // of the cached rows; 0: none
	Arrived    int64                               // the moment of the last page read: older answers may hide a gap
}

// news is a page that was read.
type news[T any] struct {
	Read
	page Page[T]
	sent time.Time // when it was requested
}

// link checks whether the segment read last proves rows known before. If so, all pages read
// since join the group of those rows, and it returns true.
func (v *View[T]) link() (proved bool) {
	last := len(v.segments) - 1
	g := &v.segments[last]
	for _, others := range [2][]Segment[T]{v.witnesses, v.segments[:last]} {
		for i := range others {
			if v.proves(g, &others[i]) {
				g.group, proved = min(g.group, others[i].group), true
			}
		}
	}
	for i := range v.segments {
		v.segments[i].group = min(v.segments[i].group, g.group)
	}
	if g.group == 0 {
		v.tied, v.proved = true, g.Sent
	}
	return proved
}

// proves reports whether g, as read from a page, shows that no row was removed since known was
// read. It does if it contains a row of known at the same ordinal, or ends right below known.
// If Census orders ties other than by id, one tie may stand in the place of another: see
// tiesProve.
func (v *View[T]) proves(g, known *Segment[T]) bool {
	from, to := max(g.First, known.First), min(g.end(), known.end())
	if from > to || from == to && from != known.First {
		return false
	}
	return !v.crooked || v.tiesProve(g, known, from, to)
}

// recallAt returns the cached, fresh chunk with the row of ordinal n.
func (v *View[T]) recallAt(n int) (g Segment[T], ok bool) {
	if v.below != nil && len(v.witnesses) == 0 && n < v.segments[0].First {
		v.open()
		return v.at(n)
	}
	if v.chunk == nil {
		return g, false
	}
	g, ok = v.chunk(n)
	if !ok || n < g.First || n >= g.end() {
		return g, false
	}
	for i := range v.segments {
		v.broken = v.broken || !v.agree(&v.segments[i], &g)
	}
	v.segments = append(v.segments, g)
	v.recalled = append(v.recalled, g)
	v.order.merge(g.order)
	v.settle()
	return v.segments[len(v.segments)-1], true
}

// doubtful reports whether the answer to one of windows depends on unproved cached rows, or
// combines pages of different groups. If so, it returns the group to be proved.
func (v *View[T]) doubtful(windows []Window) (group int, doubtful bool) {
	proved := v.fresh || v.tied || len(v.recalled) == 0
	for _, w := range windows {
		lo, hi := v.widen(v.stretch(w))
		least, most := math.MaxInt, 0
		for _, g := range v.segments {
			if g.First <= hi && g.end() >= lo {
				least, most = min(least, g.group), max(most, g.group)
			}
		}
		if least < most || least == 0 && !proved {
			return least, true
		}
	}
	return 0, false
}

// loose reports whether pages were read outside the epoch that is or will be cached, and
// whether a proof of the epoch might connect them to it.
func (v *View[T]) loose() bool {
	return !v.untold && (v.kept == nil || len(v.kept.Newest.Rows) > 0) &&
		slices.ContainsFunc(v.segments, func(g Segment[T]) bool { return g.group > 0 })
}

// proofOf returns the read that shows whether a group continues: a chunk with a row of the
// group.
func (v *View[T]) proofOf(group, size int) Read {
	n := 0
	for _, g := range slices.Concat(v.witnesses, v.recalled, v.segments) {
		if g.group == group {
			n = max(n, g.end()-1)
		}
	}
	return Read{K: n / size, Size: size}
}

// restart returns a view of only what was read, as if nothing had been cached.
func (v *View[T]) restart() *View[T] {
	fresh := NewView(v.position, v.widest > 0)
	for _, n := range v.news {
		if fresh.add(n.Read, n.page, n.sent) != nil {
			break
		}
	}
	return fresh
}

// asked returns when the last page was requested; zero: none was.
func (v *View[T]) asked() (t time.Time) {
	for _, n := range v.news {
		t = when.Later(t, n.sent)
	}
	return t
}

// Until returns when an answer from v expires, if rows that may change stay fresh for life.
func (v *View[T]) Until(life time.Duration) (t time.Time) {
	if len(v.news) == 0 {
		t = v.told
	}
	for _, n := range v.news {
		if t.IsZero() || n.sent.Before(t) {
			t = n.sent
		}
	}
	if v.kept != nil && len(v.recalled) > 0 {
		proved := when.Later(v.kept.proved, v.proved)
		if t.IsZero() || proved.Before(t) {
			t = proved
		}
	}
	t = t.Add(life)
	for _, g := range v.recalled {
		if g.until.Before(t) {
			t = g.until
		}
	}
	return t
}

// open unpacks the cached newest rows, as one segment or witness.
func (v *View[T]) open() {
	if v.below == nil {
		return
	}
	g := v.crown()
	rows := v.below.Rows(len(g.Rows))
	g.First -= len(rows)
	g.Rows, g.Low = append(rows, g.Rows...), v.underneath
	if v.below = nil; len(v.witnesses) == 0 {
		v.recalled[0] = *g
		v.settle()
	}
}

// crown returns the segment or witness that holds the cached newest rows.
func (v *View[T]) crown() *Segment[T] {
	if len(v.witnesses) > 0 {
		return &v.witnesses[0]
	}
	return &v.segments[0]
}
