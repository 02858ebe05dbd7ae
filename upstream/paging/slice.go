package paging

import "time"

// A Slice answers a Window.
type Slice[T any] struct {
	Rows  []T  // oldest first
	First int  // ordinal of Rows[0], or where it would be
	Total int  // rows in the whole list
	More  bool // the stretch continues past the counted rows
	Open  bool // the last row counted was assumed to be the only one of its moment: see Position.Open

	// Held is the row beyond the last one, on the side counted towards, if a scan holds it
	// back: another row may come before it. See Rest.
	Held []T

	Err error // why this window has no answer while others of the list have; other fields are then unset

	AsOf  time.Time // by our clock, when its oldest part was requested: newer rows may be missing
	Stale bool      // from expired cached rows, because Census fails

	position func(*T) Position
}

// End returns the ordinal after the last row.
func (s Slice[T]) End() int { return s.First + len(s.Rows) }

// Answers reports whether v can answer windows as it is.
func (v *View[T]) Answers(windows []Window, size int) bool {
	v.tiesUnresolved = false
	if len(planReads(v, windows, size)) > 0 || v.contradicted || v.tiesUnresolved {
		return false
	}
	_, unproved := v.unproved(windows)
	return !unproved
}

// UseAllCached takes all cached rows for windows into v, which may show that v is out of date.
func (v *View[T]) UseAllCached(windows []Window, size int) { planReads(v, windows, size) }

// AnswerStale makes v answer windows from cached rows that have expired; life is how long they
// were fresh. It reports whether they are sufficient.
func (v *View[T]) AnswerStale(windows []Window, size int, life time.Duration) bool {
	if len(planReads(v, windows, size)) > 0 || v.contradicted || v.tiesUnresolved {
		return false
	}
	v.BorderRead(windows, size) // cached rows beyond them may help
	v.Stale = v.Until(life).Add(-life)
	return true
}

// Slices answers windows from a view that planReads has found complete.
func (v *View[T]) Slices(windows []Window) []Slice[T] {
	out := make([]Slice[T], len(windows))
	for i, w := range windows {
		out[i] = v.Slice(w)
	}
	return out
}

// Slice answers w from a view that planReads has found complete.
func (v *View[T]) Slice(w Window) Slice[T] {
	lo, hi := v.stretch(w)
	rows := v.rows(lo, hi)
	s := Slice[T]{First: lo, Total: v.total, AsOf: v.Until(0), position: v.position}
	if !v.Stale.IsZero() {
		s.AsOf, s.Stale = v.Stale, true
	}
	inside := func(t *T) bool {
		p := v.position(t)
		return (w.Older.IsEnd() || p.Compare(w.Older) > 0) && (w.Newer.IsEnd() || p.Compare(w.Newer) < 0)
	}
	for len(rows) > 0 && !inside(&rows[0]) {
		rows, s.First = rows[1:], s.First+1
	}
	for len(rows) > 0 && !inside(&rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	toEnd := w.Far().IsEnd()
	switch extra := len(rows) - w.Limit; {
	case w.FromOldest:
		if extra > 0 {
			rows = rows[:w.Limit]
		}
		s.More = extra > 0 || toEnd && s.First+len(rows) < v.total
	default:
		if extra > 0 {
			rows, s.First = rows[extra:], s.First+extra
		}
		s.More = extra > 0 || toEnd && s.First > 0
	}
	s.Rows = rows
	if len(rows) > 0 {
		s.Open = v.assumedAlone(s.First + s.far(&w))
	}
	return s
}

// far returns the index of the last row of s, as w counts.
func (s *Slice[T]) far(w *Window) int {
	if w.FromOldest {
		return len(s.Rows) - 1
	}
	return 0
}

// Place returns the ordinal of the i-th row of s, which answers w, and whether the row is
// open, for the row's Position.
func (s *Slice[T]) Place(w *Window, i int) (ordinal int, open bool) {
	return s.First + i, s.Open && i == s.far(w)
}

// OpenPlace returns the ordinal of the open row of s, which answers w; -1: none is open.
func (s Slice[T]) OpenPlace(w Window) int {
	if !s.Open {
		return -1
	}
	return s.First + s.far(&w)
}

// After returns the rest of w beyond s, which answered it.
func (s Slice[T]) After(w Window) Window {
	if len(s.Rows) == 0 {
		return w
	}
	far := s.far(&w)
	p := s.position(&s.Rows[far])
	p.Ordinal, p.Open = s.First+far, s.Open
	if w.FromOldest {
		w.Older = p
	} else {
		w.Newer = p
	}
	return w
}

// Cut removes the rows of s that are outside w. s continues downwards from the side that w
// counts from, so these are the rows older than w.
func (s Slice[T]) Cut(w Window) Slice[T] {
	if w.FromOldest || w.Older.IsEnd() {
		return s
	}
	for len(s.Rows) > 0 && s.position(&s.Rows[0]).Compare(w.Older) <= 0 {
		s.Rows, s.First, s.More, s.Open = s.Rows[1:], s.First+1, false, false
	}
	return s
}

// Hold holds back the last row of s, which answers w, if the row is open and rows follow that
// show its place.
func (s Slice[T]) Hold(w Window) Slice[T] {
	n := len(s.Rows)
	switch {
	case !s.Open || !s.More || n < 2:
		return s
	case w.FromOldest:
		s.Rows, s.Held = s.Rows[:n-1], s.Rows[n-1:]
	default:
		s.Rows, s.Held, s.First = s.Rows[1:], s.Rows[:1], s.First+1
	}
	s.Open = false
	return s
}

// Rest returns the row that s, which answers w, holds back, for callers that cannot read on.
// It has no rows if s holds none.
func (s Slice[T]) Rest(w Window) Slice[T] {
	first := s.First - len(s.Held)
	if w.FromOldest {
		first = s.End()
	}
	s.Rows, s.First, s.Held, s.Open = s.Held, first, nil, true
	return s
}
