package paging

import (
	"math"
	"slices"
	"time"

	"census-gateway/internal/when"
)

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

// joinGroups checks whether the segment read last proves rows known before. If so, all pages read
// since join the group of those rows, and it returns true.
func (v *View[T]) joinGroups() (proved bool) {
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
		v.inEpoch, v.proved = true, g.Sent
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
	return !v.shuffled || v.tiesProve(g, known, from, to)
}

// cachedAt returns the cached, fresh chunk with the row of ordinal n.
func (v *View[T]) cachedAt(n int) (g Segment[T], ok bool) {
	if v.packedBelow != nil && len(v.witnesses) == 0 && n < v.segments[0].First {
		v.unpackNewest()
		return v.at(n)
	}
	if v.cachedChunk == nil {
		return g, false
	}
	g, ok = v.cachedChunk(n)
	if !ok || n < g.First || n >= g.end() {
		return g, false
	}
	for i := range v.segments {
		v.contradicted = v.contradicted || !v.agree(&v.segments[i], &g)
	}
	v.segments = append(v.segments, g)
	v.fromCache = append(v.fromCache, g)
	v.order.merge(g.order)
	v.placeLoose()
	return v.segments[len(v.segments)-1], true
}

// unproved reports whether the answer to one of windows depends on unproved cached rows, or
// combines pages of different groups. If so, it returns the group to be proved.
func (v *View[T]) unproved(windows []Window) (group int, unproved bool) {
	proved := v.proofFresh || v.inEpoch || len(v.fromCache) == 0
	for _, w := range windows {
		lo, hi := v.withTies(v.stretch(w))
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

// outsideEpoch reports whether pages were read outside the epoch that is or will be cached, and
// whether a proof of the epoch might connect them to it.
func (v *View[T]) outsideEpoch() bool {
	return !v.noTotal && (v.cachedList == nil || len(v.cachedList.Newest.Rows) > 0) &&
		slices.ContainsFunc(v.segments, func(g Segment[T]) bool { return g.group > 0 })
}

// proofRead returns the read that shows whether a group continues: a chunk with a row of the
// group.
func (v *View[T]) proofRead(group, size int) Read {
	n := 0
	for _, g := range slices.Concat(v.witnesses, v.fromCache, v.segments) {
		if g.group == group {
			n = max(n, g.end()-1)
		}
	}
	return Read{K: n / size, Size: size}
}

// withoutCache returns a view of only what was read, as if nothing had been cached.
func (v *View[T]) withoutCache() *View[T] {
	fresh := NewView(v.position, v.largestPage > 0)
	for _, n := range v.pagesRead {
		if fresh.add(n.Read, n.page, n.sent) != nil {
			break
		}
	}
	return fresh
}

// lastRequested returns when the last page was requested; zero: none was.
func (v *View[T]) lastRequested() (t time.Time) {
	for _, n := range v.pagesRead {
		t = when.Later(t, n.sent)
	}
	return t
}

// Until returns when an answer from v expires, if rows that may change stay fresh for life.
func (v *View[T]) Until(life time.Duration) (t time.Time) {
	if len(v.pagesRead) == 0 {
		t = v.totalRequested
	}
	for _, n := range v.pagesRead {
		if t.IsZero() || n.sent.Before(t) {
			t = n.sent
		}
	}
	if v.cachedList != nil && len(v.fromCache) > 0 {
		proved := when.Later(v.cachedList.proved, v.proved)
		if t.IsZero() || proved.Before(t) {
			t = proved
		}
	}
	t = t.Add(life)
	for _, g := range v.fromCache {
		if g.until.Before(t) {
			t = g.until
		}
	}
	return t
}

// unpackNewest unpacks the cached newest rows, as one segment or witness.
func (v *View[T]) unpackNewest() {
	if v.packedBelow == nil {
		return
	}
	g := v.newestSegment()
	rows := v.packedBelow.Rows(len(g.Rows))
	g.First -= len(rows)
	g.Rows, g.Low = append(rows, g.Rows...), v.looseBelow
	if v.packedBelow = nil; len(v.witnesses) == 0 {
		v.fromCache[0] = *g
		v.placeLoose()
	}
}

// newestSegment returns the segment or witness that holds the cached newest rows.
func (v *View[T]) newestSegment() *Segment[T] {
	if len(v.witnesses) > 0 {
		return &v.witnesses[0]
	}
	return &v.segments[0]
}
