package paging

import (
	"slices"
	"testing"
)

// CutWhole answers each window with the rows inside it, counted from its near side. A window whose
// sides cross is empty, and lies where its near side does.
func TestCutWhole(t *testing.T) {
	rows := []int64{10, 20, 30, 40}
	position := func(id *int64) Position { return Position{CreatedAt: Moment(*id), ID: *id} }
	at := func(id int64) Position {
		if id == 0 {
			return Position{}
		}
		return position(&id)
	}
	for _, tt := range []struct {
		older, newer int64 // 0: an end
		limit        int
		fromOldest   bool
		want         []int64
		first        int
		more         bool
	}{
		{0, 0, 2, true, []int64{10, 20}, 0, true},
		{0, 0, 2, false, []int64{30, 40}, 2, true},
		{10, 40, 9, true, []int64{20, 30}, 1, false},
		{15, 35, 1, false, []int64{30}, 2, true},
		{20, 20, 3, true, nil, 2, false},
		{20, 20, 3, false, nil, 1, false},
		{20, 20, 0, false, nil, 1, false},
		{40, 10, 3, true, nil, 4, false},
		{40, 10, 3, false, nil, 0, false},
	} {
		w := Window{Older: at(tt.older), Newer: at(tt.newer), Limit: tt.limit, FromOldest: tt.fromOldest}
		s := CutWhole(rows, w, position)
		if !slices.Equal(s.Rows, tt.want) || s.First != tt.first || s.More != tt.more || s.Total != len(rows) {
			t.Errorf("%+v: %v at %d, more %t, of %d", tt, s.Rows, s.First, s.More, s.Total)
		}
	}
}
