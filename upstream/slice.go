package upstream

import "time"

// A Slice answers a Window.
type Slice[T any] struct {
	Rows  []T  // oldest first
	First int  // ordinal of Rows[0], or where it would be
	Total int  // rows in the whole list
	More  bool // the stretch goes on past the counted rows

	Err error // why the window could not be answered, where others of the same list were; then nothing else counts

	AsOf  time.Time // by our clock, when the first of what it was made from was asked for: newer rows may be missing
	Stale bool      // it was kept and is over its time: Census fails
}

// End is the ordinal after the last row.
func (s Slice[T]) End() int { return s.First + len(s.Rows) }

// answers tells whether windows can be answered from v as it is.
func (v *view[T]) answers(windows []Window, size int) bool {
	if len(plan(v, windows, size)) > 0 || v.broken {
		return false
	}
	_, doubtful := v.doubtful(windows)
	return !doubtful
}

// slices answers windows from a view that plan has found complete.
func (v *view[T]) slices(windows []Window) []Slice[T] {
	out := make([]Slice[T], len(windows))
	for i, w := range windows {
		out[i] = v.slice(w)
	}
	return out
}

// slice answers w from a view that plan has found complete.
func (v *view[T]) slice(w Window) Slice[T] {
	lo, hi := v.stretch(w)
	rows := v.rows(lo, hi)
	s := Slice[T]{First: lo, Total: v.total, AsOf: v.until(0)}
	if !v.stale.IsZero() {
		s.AsOf, s.Stale = v.stale, true
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
	return s
}
