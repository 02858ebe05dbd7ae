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
func (l *loaders) mergeStreams(streams []*stream, filter *stats.Filter, w paging.Window) (h harvest) {
	for {
		var next *stream
		var at paging.Position
		for _, s := range streams {
			p, ok := s.known()
			if !ok {
				continue
			}
			if next == nil || nearer(p, at, w.FromOldest) || next.unread() && !s.unread() && !nearer(at, p, w.FromOldest) {
				next, at = s, p
			}
		}
		switch {
		case next == nil:
			return h
		case next.unread():
			l.readOn(streams, filter, w.FromOldest)
		case len(next.rows) == 0 && next.done:
			return h
		case len(next.rows) == 0: // a barrier
			h.more, h.cut = true, at
			return h
		case len(h.rows) == w.Limit:
			h.more = true
			return h
		default:
			h.rows, h.ordinals = append(h.rows, next.rows[0]), append(h.ordinals, 0)
			next.rows = next.rows[1:]
		}
	}
}

// behind returns the streams that must be read further and are known only to a place nearer than
// until. If until is an end, it returns all that must be read further.
func behind(streams []*stream, until paging.Position, fromOldest bool) (out []*stream) {
	for _, s := range streams {
		if s.unread() && (until.IsEnd() || nearer(s.window.Near(), until, fromOldest)) {
			out = append(out, s)
		}
	}
	return out
}

// readOn reads further in the streams that must be known better to find the nearest run, all
// concurrently. If the budget has too few calls for them, it reads the nearest streams. A stream
// that fails at its first read stays empty, with an error that names the sync.
func (l *loaders) readOn(streams []*stream, filter *stats.Filter, fromOldest bool) {
	// until is the nearest known place, or else the farthest place up to which all streams are
	// known. It is an end if there is none.
	var until, far paging.Position
	for _, s := range streams {
		switch p, ok := s.known(); {
		case s.unread() && !nearer(p, far, fromOldest):
			far = p
		case ok && !s.unread() && (until.IsEnd() || nearer(p, until, fromOldest)):
			until = p
		}
	}
	if until.IsEnd() {
		until = far
	}
	todo := behind(streams, until, fromOldest)
	if len(todo) == 0 {
		until = paging.Position{}
		todo = behind(streams, until, fromOldest)
	}
	lost := 0 // streams whose position must be found with calls of the budget
	for _, s := range todo {
		if s.sought && !s.started {
			lost++
		}
	}
	may, final := func() func() bool { return l.scans.budget.page }, true
	switch left := int(max(l.scans.budget.pages.Load(), 0)); {
	case !todo[0].sought: // then none was tried; the price includes the first call of each
		next := l.scans.budget.page
		if final = left >= len(todo); !final { // test whether the budget suffices before using it
			next = none
		}
		may = func() func() bool { return once(next) }
	case left == 0, lost > left:
		for _, s := range todo {
			s.stop()
		}
		return
	case left < len(todo):
		slices.SortStableFunc(todo, func(a, b *stream) int {
			switch p, q := a.window.Near(), b.window.Near(); {
			case nearer(p, q, fromOldest):
				return -1
			case nearer(q, p, fromOldest):
				return 1
			}
			return 0
		})
		todo = todo[:left]
	}
	each(len(todo), func(i int) { l.readStream(todo[i], filter, until, may(), final) })
}
