package graph

import (
	"slices"

	"census-gateway/graph/stats"
	"census-gateway/upstream/paging"
)

// nearer tells whether p comes before q in a timeline; the end at which it begins
// comes before everything.
func nearer(p, q paging.Position, fromOldest bool) bool {
	if p.IsEnd() || q.IsEnd() {
		return p.IsEnd() && !q.IsEnd()
	}
	if fromOldest {
		return p.Compare(q) < 0
	}
	return p.Compare(q) > 0
}

// merge takes from streams, nearest first, as many runs as w wants, and looks
// whether there is one more. A stream is read on only when up to there nothing else is
// nearer. Where one met the read limit or failed nothing beyond is taken of any: the
// page ends there, and goes on there. Towards newer runs it also ends where a stream
// may have got runs since it was read: the list ends there for now, since who goes on
// behind a newer run of another would miss them.
func (l *loaders) merge(streams []*stream, filter *stats.Filter, w paging.Window) (h harvest) {
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

// behind are the streams that are to be read on and are known to places nearer than
// until; all of them, if that is an end.
func behind(streams []*stream, until paging.Position, fromOldest bool) (out []*stream) {
	for _, s := range streams {
		if s.unread() && (until.IsEnd() || nearer(s.window.Near(), until, fromOldest)) {
			out = append(out, s)
		}
	}
	return out
}

// readOn reads on in those of streams that have to be known better for the nearest run
// to be told, all at once. Where the budget has fewer calls than these are, it is for
// the nearest. One that fails before anything of it is known stays empty, with an
// error that names the sync.
func (l *loaders) readOn(streams []*stream, filter *stats.Filter, fromOldest bool) {
	var until, far paging.Position // the nearest place at which something is known, else the furthest to which all is; an end: none
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
	lost := 0 // those whose place has to be found by calls of the budget
	for _, s := range todo {
		if s.sought && !s.started {
			lost++
		}
	}
	may, final := func() func() bool { return l.scans.budget.page }, true
	switch left := int(max(l.scans.budget.pages.Load(), 0)); {
	case !todo[0].sought: // nor is any: the first call of each is in the price
		next := l.scans.budget.page
		if final = left >= len(todo); !final { // whether the budget can do is seen before it is used
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
