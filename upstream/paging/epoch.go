package paging

import (
	"time"

	"census-gateway/internal/when"
)

// UseChunks passes the cached rows of a list to v, without the newest. chunk returns the cached
// rows around an ordinal, and whether they are fresh.
func (v *View[T]) UseChunks(k *CachedList[T], chunk func(n int) (Segment[T], bool)) {
	v.cachedList, v.cachedTotal, v.Epoch, v.Arrived, v.cachedChunk = k, k.total, k.Epoch, k.arrived, chunk
}

// HasCached reports whether v has anything cached of its list.
func (v *View[T]) HasCached() bool { return v.cachedList != nil }

// SameEpoch reports whether v remembers the epoch of k.
func (v *View[T]) SameEpoch(k *CachedList[T]) bool {
	return v.cachedList != nil && v.cachedList.Epoch == k.Epoch
}

// Cacheable reports whether v has read something to cache. A list without a total cannot be
// proved, so nothing of it is.
func (v *View[T]) Cacheable() bool { return len(v.pagesRead) > 0 && !v.noTotal }

// UseNewest passes the cached newest rows to v. If they expired, it passes only their place, by
// which the next page shows whether the epoch continues.
//
// The newest rows, the total and the proof of the epoch each stay fresh for life after
// their own request; the proof implies nothing about the other two. Entries that expired
// less than more ago are accepted too; those requested before since are not. newest is the
// cached entry at the place of the newest rows, or nil.
func (v *View[T]) UseNewest(newest *NewestRows[T], now, since time.Time, life, more time.Duration) {
	k := v.cachedList
	counts := func(asked time.Time) bool { return now.Before(asked.Add(life+more)) && !asked.Before(since) }
	head, whole := k.Newest, false
	if t := newest; t != nil && t.Sent.Equal(head.Sent) && t.end() == head.end() { // of the same page
		head, v.packedBelow, v.looseBelow, whole = t.Segment, t.Below, t.Loose, true
	}
	head.until = head.Sent.Add(life)
	v.proofFresh = counts(k.proved)
	switch {
	case len(head.Rows) == 0:
	case whole && v.proofFresh && counts(head.Sent):
		v.segments, v.fromCache, v.order = append(v.segments, head), append(v.fromCache, head), head.order
	default:
		v.witnesses = []Segment[T]{head}
	}
	if v.proofFresh && counts(k.totalRequested) {
		v.total, v.totalRequested = k.total, k.totalRequested
		if k.total == 0 || len(v.fromCache) > 0 && head.end() == k.total {
			v.end = k.total
		}
	}
}

// A CacheRules stores what a view found.
type CacheRules[T any] struct {
	Size   int                 // rows per chunk
	Epoch  func() int64        // numbers an epoch that begins
	Sealed func(rows []T) bool // reports whether rows will not change again
	Chunk  func(epoch int64, g *Segment[T], sealed bool)
}

// ToCache passes the chunks that v found to CacheRules.Chunk, and returns what to cache beside
// them. was is the present entry; nil if missing, or if its chunks have another size. head is
// the newest rows, if they were read. If next is nil, nothing is to be cached: others found
// something of another epoch meanwhile. as is v, or only what v read if that begins an epoch.
func (v *View[T]) ToCache(was *CachedList[T], to CacheRules[T]) (as *View[T], next *CachedList[T], head *Segment[T]) {
	if was != nil && was.Size != to.Size {
		was = nil
	}
	arrived := v.Arrived
	next = &CachedList[T]{}
	switch {
	case was != nil && (v.cachedList == nil || was.Epoch != v.cachedList.Epoch):
		return v, nil, nil
	case was != nil && v.inEpoch:
		*next = *was
	default: // no known row connects these pages to an epoch: they begin one
		next.Epoch, next.Size, next.DistrustTies = to.Epoch(), to.Size, was != nil && was.DistrustTies
		v = v.withoutCache()
	}
	v.Epoch = next.Epoch
	next.total = max(next.total, v.total) // the total never falls within an epoch
	next.arrived = max(next.arrived, arrived)
	next.totalRequested = when.Later(next.totalRequested, v.lastRequested())
	next.proved = when.Later(next.proved, v.proved)
	next.DistrustTies = next.DistrustTies || v.shuffled
	for i := range v.segments {
		g := &v.segments[i]
		known := !g.until.IsZero()
		if g.group > 0 || known && !g.Mended { // not connected to the epoch, or cached already
			continue
		}
		sealed := g.First%to.Size == 0 && len(g.Rows) == to.Size && to.Sealed(g.Rows)
		if g.Mended && len(v.fromCache) > 0 && !sealed { // some of its rows may be older than it
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

// ContinueFrom makes v, which uses what is cached, continue downwards from the row of ordinal
// n, where before ended, as if both were one view. It returns false if another epoch has begun
// meanwhile or the row is missing. Then v must search for its place again.
func (v *View[T]) ContinueFrom(before *View[T], n int, now time.Time) bool {
	if v.cachedList != nil && v.Epoch != before.Epoch {
		return false
	}
	for _, g := range before.segments {
		if n < g.First || n >= g.end() || g.group > 0 && v.cachedList != nil {
			continue
		}
		g.group, g.Mended, g.Raw = 0, false, nil
		if g.until.IsZero() {
			g.until = now // it is cached already
		}
		v.segments = append(v.segments, g)
		v.total, v.Arrived, v.inEpoch = before.total, max(v.Arrived, before.Arrived), v.cachedList != nil
		v.order = before.order
		return true
	}
	return false
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
