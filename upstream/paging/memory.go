package paging

import (
	"math"
	"slices"
	"time"

	"census-gateway/internal/when"
)

// memory is what a view has of what was kept, and what it has found out for it
// to be kept.
//
// Rows that were kept stand in an epoch: their ordinals are right if no old row
// was removed since. A page read now proves that, and belongs to the epoch, if it
// holds a row that is known to stand in it, at the same ordinal; or if it ends
// right below one, since had rows been removed it would reach into that. A page
// that does neither stands for itself, and may not be put together with kept rows
// until a later page proves all that went before.
//
// The same goes for pages of one answer: those that a later one has shown to be of
// one time are a group. The epoch is group 0.
type memory[T any] struct {
	kept       *Kept[T]                            // nil: nothing was kept
	chunk      func(k int) (g Segment[T], ok bool) // recalls a chunk; nil: none
	witnesses  []Segment[T]                        // rows that stand in the epoch but are too old to count
	below      Packed[T]                           // those right below the first segment or witness, which was kept; nil: none
	underneath int                                 // so many of these and that are loose below
	floor      int                                 // rows there were when last kept
	fresh      bool                                // the proof that was kept counts
	told       time.Time                           // when the total was asked for that was kept and counts; zero: it does not
	tied       bool                                // a page that was read stands in the epoch
	recalled   []Segment[T]                        // what was kept and counts
	news       []news[T]                           // pages read
	proved     time.Time                           // until then the epoch is proved
	broken     bool                                // what was recalled does not fit what was read
	Epoch      int64                               // of what was kept; 0: none
	Arrived    int64                               // the moment of the last page read: older answers may hide a gap
}

// news is a page that was read.
type news[T any] struct {
	Read
	page Page[T]
	sent time.Time // when it was asked for
}

// link takes up that the segment read last may prove rows known before: then all pages
// read since those are of their group. It tells whether it proves any.
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

// proves tells whether g, as a page gave it, shows that no row was removed since known
// was: it holds a row of it at the same ordinal, or ends right below it. Where Census
// orders ties otherwise than by id, one may stand where another stood: see tiesProve.
func (v *View[T]) proves(g, known *Segment[T]) bool {
	from, to := max(g.First, known.First), min(g.end(), known.end())
	if from > to || from == to && from != known.First {
		return false
	}
	return !v.crooked || v.tiesProve(g, known, from, to)
}

// recallAt is the chunk with the row of ordinal n, if it was kept and counts.
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

// doubtful tells whether the answer to one of windows rests on kept rows that
// nothing proves, or is put together from pages of different groups; and if so,
// which group is to be proved.
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

// loose tells whether pages were read that do not stand in the epoch of what is or
// will be kept, and that a proof of it might tie to it.
func (v *View[T]) loose() bool {
	return !v.untold && (v.kept == nil || len(v.kept.Newest.Rows) > 0) &&
		slices.ContainsFunc(v.segments, func(g Segment[T]) bool { return g.group > 0 })
}

// proofOf is the read that shows whether a group goes on: a chunk with a row of it.
func (v *View[T]) proofOf(group, size int) Read {
	n := 0
	for _, g := range slices.Concat(v.witnesses, v.recalled, v.segments) {
		if g.group == group {
			n = max(n, g.end()-1)
		}
	}
	return Read{K: n / size, Size: size}
}

// restart makes a view of what was read alone, as if nothing had been kept.
func (v *View[T]) restart() *View[T] {
	fresh := NewView(v.position, v.widest > 0)
	for _, n := range v.news {
		if fresh.add(n.Read, n.page, n.sent) != nil {
			break
		}
	}
	return fresh
}

// asked is when the last page was asked for; zero: none was.
func (v *View[T]) asked() (t time.Time) {
	for _, n := range v.news {
		t = when.Later(t, n.sent)
	}
	return t
}

// Until is how long an answer from v counts, where what may change does so for
// life.
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

// open unpacks the newest rows that were kept, as one segment or witness.
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

// crown is the segment or witness that is the newest rows which were kept.
func (v *View[T]) crown() *Segment[T] {
	if len(v.witnesses) > 0 {
		return &v.witnesses[0]
	}
	return &v.segments[0]
}
