package paging

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// serve answers todo from a list, as Census would: a page past the end is empty.
func serve(all []row, todo []Read, totals bool) (came []Arrival[row]) {
	for _, r := range todo {
		p := answer(all, r)
		p.Rows = slices.Clone(p.Rows)
		if r.Head > 0 && r.Head > len(all) {
			p.Rows = slices.Clone(all)
		}
		if !totals {
			p.Total = -1
		}
		a := Arrival[row]{Page: p}
		a.Err = a.Sort((*row).place)
		came = append(came, a)
	}
	return came
}

// fill reads what windows need, and returns the number of pages.
func fill(v *View[row], all []row, windows []Window, size int, totals, scan bool) (reads int, err error) {
	head := func(r Read) Arrival[row] {
		reads++
		return serve(all, []Read{r}, totals)[0]
	}
	for {
		todo, err := v.Next(windows, size, 8, scan, false)
		if err != nil || len(todo) == 0 {
			return reads, err
		}
		if reads += len(todo); reads > 200 {
			return reads, errors.New("it reads on and on")
		}
		if err := v.Take(todo, serve(all, todo, totals), size, head); err != nil {
			return reads, err
		}
	}
}

// exact is what w asks for.
func exact(all []row, w Window) (rows []row, more bool) {
	for _, r := range all {
		p := r.place()
		if (w.Older.IsEnd() || p.Compare(w.Older) > 0) && (w.Newer.IsEnd() || p.Compare(w.Newer) < 0) {
			rows = append(rows, r)
		}
	}
	if more = len(rows) > w.Limit; more && w.FromOldest {
		rows = rows[:w.Limit]
	} else if more {
		rows = rows[len(rows)-w.Limit:]
	}
	return rows, more
}

// Each window is answered with exactly its rows, in few reads, for any list and windows, with
// or without a total, and with ties in order of their ids or the reverse. Each byte pair of
// the text is a window. The other text is the distances between the moments of the list.
func FuzzView(f *testing.F) {
	f.Add([]byte{1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1}, []byte{5, 3, 200, 30}, true, false, false)
	f.Add(make([]byte, 60), []byte{3, 3}, false, false, true)
	f.Add([]byte{}, []byte{0, 0, 1, 255}, true, true, false)
	f.Add([]byte("some rows, some of one moment, as letters differ"), []byte("windows"), false, true, true)
	f.Fuzz(func(t *testing.T, gaps, asked []byte, told, scan, turned bool) {
		const size = 10
		var all []row
		at := Moment(1)
		for i, gap := range gaps[:min(len(gaps), 120)] {
			at += Moment(gap % 3) // ties are common
			all = append(all, row{at: at, id: int64(i + 1)})
		}
		var windows []Window
		for i := 0; i+1 < len(asked) && len(windows) < 3; i += 2 {
			w := Window{Limit: int(asked[i]) % 40, FromOldest: asked[i] >= 128}
			if n := int(asked[i+1]); n < len(all) {
				p := all[n].place()
				if p.Ordinal = n; asked[i+1]%2 == 1 {
					p.Ordinal = NoOrdinal
				}
				if w.FromOldest {
					w.Older = p
				} else {
					w.Newer = p
				}
			}
			windows = append(windows, w)
		}
		if len(windows) == 0 {
			return
		}
		listed := slices.Clone(all)
		if turned {
			slices.SortFunc(listed, func(a, b row) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.id, a.id)) })
		}
		v := NewView((*row).place, true)
		reads, err := fill(v, listed, windows, size, told, scan)
		if err == ErrMoved && turned { // pages in different orders do not prove each other
			v = NewView((*row).place, true).After(v)
			reads, err = fill(v, listed, windows, size, told, scan)
		}
		if err != nil {
			t.Fatalf("%d rows, %+v: %v after %d reads; %s", len(all), windows, err, reads, v)
		}
		for i, s := range v.Slices(windows) {
			rows, more := exact(all, windows[i])
			if turned && s.Open { // it reports that another row may come before its last one
				continue
			}
			if !slices.Equal(s.Rows, rows) || s.More != more || s.Total != len(all) {
				t.Fatalf("%+v is %v, more %t, of %d; want %v, %t, of %d; %s", windows[i], s.Rows, s.More, s.Total, rows, more, len(all), v)
			}
			if len(rows) > 0 && all[s.First] != rows[0] {
				t.Fatalf("%+v begins at %d; %s", windows[i], s.First, v)
			}
		}
	})
}

// The newest five rows of 250 and the rows after the first of them take one head, then the
// chunk with the next rows.
func ExampleView() {
	all := counted(250)
	v := NewView((*row).place, true)
	w := Window{Limit: 5}
	for range 2 {
		for {
			todo, err := v.Next([]Window{w}, 100, 8, false, false)
			if err != nil || len(todo) == 0 {
				break
			}
			fmt.Println("read", todo)
			if v.Take(todo, serve(all, todo, true), 100, nil) != nil {
				break
			}
		}
		s := v.Slices([]Window{w})[0]
		fmt.Printf("rows %d to %d of %d, more %t; known: %v\n", s.First, s.End()-1, s.Total, s.More, v)
		w = s.After(w)
	}
	// Output:
	// read [head(6)]
	// rows 245 to 249 of 250, more true; known: 250 rows: 244-249*
	// read [chunk(2)]
	// rows 240 to 244 of 250, more true; known: 250 rows: 244-249 200-249*
}
