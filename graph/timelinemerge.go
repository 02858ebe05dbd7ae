package graph

import (
	"slices"

	"census-gateway/graph/stats"
	"census-gateway/upstream/paging"
)

// mergeStreams returns the nearest runs of all streams, as many as w requests, and whether there is
// another. It reads a stream further only if no other stream has a nearer run. If a stream meets
// the read limit or fails, the page ends there, and a client can continue there. Towards newer
// runs, the page also ends where a stream may have received runs since it was read. Otherwise, a
// client that continues after a newer run of another sync would miss them.
func (l *loaders) mergeStreams(streams []*runStream, filter *stats.Filter, w paging.Window) (found foundRuns) {
	for {
		var next *runStream
		var at paging.Position
		for _, s := range streams {
			p, ok := s.knownUpTo()
			if !ok {
				continue
			}
			if next == nil || comesBefore(p, at, w.FromOldest) || next.needsRead() && !s.needsRead() && !comesBefore(at, p, w.FromOldest) {
				next, at = s, p
			}
		}
		switch {
		case next == nil:
			return found
		case next.needsRead():
			l.readFurther(streams, filter, w.FromOldest)
		case len(next.rows) == 0 && next.done:
			return found
		case len(next.rows) == 0: // a barrier
			found.more, found.stoppedAt = true, at
			return found
		case len(found.rows) == w.Limit:
			found.more = true
			return found
		default:
			found.rows, found.ordinals = append(found.rows, next.rows[0]), append(found.ordinals, 0)
			next.rows = next.rows[1:]
		}
	}
}

// streamsBehind returns the streams that must be read further and are known only to a place nearer
// than until. If until is an end, it returns all that must be read further.
func streamsBehind(streams []*runStream, until paging.Position, fromOldest bool) (out []*runStream) {
	for _, s := range streams {
		if s.needsRead() && (until.IsEnd() || comesBefore(s.window.Near(), until, fromOldest)) {
			out = append(out, s)
		}
	}
	return out
}

// readFurther reads further in the streams that must be known better to find the nearest run, all
// concurrently. If the budget has too few calls for them, it reads the nearest streams. A stream
// that fails at its first read stays empty, with an error that names the sync.
func (l *loaders) readFurther(streams []*runStream, filter *stats.Filter, fromOldest bool) {
	// until is the nearest known place, or else the farthest place up to which all streams are
	// known. It is an end if there is none.
	var until, far paging.Position
	for _, s := range streams {
		switch p, ok := s.knownUpTo(); {
		case s.needsRead() && !comesBefore(p, far, fromOldest):
			far = p
		case ok && !s.needsRead() && (until.IsEnd() || comesBefore(p, until, fromOldest)):
			until = p
		}
	}
	if until.IsEnd() {
		until = far
	}
	todo := streamsBehind(streams, until, fromOldest)
	if len(todo) == 0 {
		until = paging.Position{}
		todo = streamsBehind(streams, until, fromOldest)
	}
	lost := 0 // streams whose position must be found with calls of the budget
	for _, s := range todo {
		if s.tried && !s.started {
			lost++
		}
	}
	may, final := func() func() bool { return l.scans.budget.takeCall }, true
	switch left := int(max(l.scans.budget.pages.Load(), 0)); {
	case !todo[0].tried: // then none was tried; the price includes the first call of each
		next := l.scans.budget.takeCall
		if final = left >= len(todo); !final { // test whether the budget suffices before using it
			next = noCalls
		}
		may = func() func() bool { return oneFreeCall(next) }
	case left == 0, lost > left:
		for _, s := range todo {
			s.endHere()
		}
		return
	case left < len(todo):
		slices.SortStableFunc(todo, func(a, b *runStream) int {
			switch p, q := a.window.Near(), b.window.Near(); {
			case comesBefore(p, q, fromOldest):
				return -1
			case comesBefore(q, p, fromOldest):
				return 1
			}
			return 0
		})
		todo = todo[:left]
	}
	concurrently(len(todo), func(i int) { l.readStream(todo[i], filter, until, may(), final) })
}
