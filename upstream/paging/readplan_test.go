package paging

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A row consists only of its place.
type row struct {
	at Moment
	id int64
}

func (r *row) place() Position { return Position{CreatedAt: r.at, ID: r.id} }

// counted is a list of n rows, one a millisecond, whose ids are their ordinals + 1.
func counted(n int) []row {
	rows := make([]row, n)
	for i := range rows {
		rows[i] = row{at: Moment(i + 1), id: int64(i + 1)}
	}
	return rows
}

// answer returns Census's answer to r.
func answer(all []row, r Read) Page[row] {
	lo, hi := r.K*r.Size, (r.K+1)*r.Size
	if r.Head > 0 {
		lo, hi = len(all)-r.Head, len(all)
	}
	lo, hi = min(max(lo, 0), len(all)), min(hi, len(all))
	return Page[row]{Rows: all[lo:hi], Total: len(all), PerPage: r.PerPage()}
}

func must[T any](t interface{ Fatal(...any) }, v *View[T], r Read, p Page[T]) {
	if err := v.add(r, p, time.Time{}); err != nil {
		t.Fatal(err)
	}
}

func TestPlan(t *testing.T) {
	at := func(ordinal int) Position {
		return Position{CreatedAt: Moment(ordinal + 1), ID: int64(ordinal + 1), Ordinal: ordinal}
	}
	for _, tt := range []struct {
		name    string
		known   []Read // of 450 rows
		windows []Window
		want    string
	}{
		{"the newest", nil, []Window{{Limit: 25}}, "[head(26)]"},
		{"nothing still proves what there is", nil, []Window{{Limit: 0}}, "[head(1)]"},
		{"the newest, many times", nil, []Window{{Limit: 1}, {Limit: 100}, {Limit: 25}}, "[head(100)]"},
		{"more than a page of the newest", nil, []Window{{Limit: 250}}, "[head(100)]"},
		{"the rest of them", []Read{{Head: 100, Size: 100}}, []Window{{Limit: 250}}, "[chunk(3) chunk(2)]"},
		{"the oldest", nil, []Window{{Limit: 25, FromOldest: true}}, "[chunk(0)]"},
		{"deep, within a chunk", nil, []Window{{Newer: at(180), Limit: 25}}, "[chunk(1)]"},
		{"deep, across two", nil, []Window{{Newer: at(120), Limit: 25}}, "[chunk(1) chunk(0)]"},
		{"deep, upwards", nil, []Window{{Older: at(180), Limit: 25, FromOldest: true}}, "[chunk(2) chunk(1)]"},
		{"deep and newest", nil, []Window{{Newer: at(180), Limit: 25}, {Limit: 10}}, "[head(11) chunk(1)]"},
		{"known", []Read{{K: 1, Size: 100}}, []Window{{Newer: at(180), Limit: 25}}, "[]"},
		{"two chunks that one head covers", []Read{{K: 0, Size: 100}}, []Window{{Newer: at(420), Limit: 50}}, "[head(81)]"},
		{"a place that moved is sought by halving", []Read{{K: 4, Size: 100}}, []Window{{Newer: Position{CreatedAt: 50, ID: 50, Ordinal: 449}, Limit: 5}}, "[chunk(2)]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all := counted(450)
			v := NewView((*row).place, false)
			for _, r := range tt.known {
				must(t, v, r, answer(all, r))
			}
			if got := fmt.Sprint(planReads(v, tt.windows, 100)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Law 3: with true positions, no answer takes more calls than the least number for the pages
// not yet read. The test finds that by trying every set of pages. If the list's length is
// unknown at first, one more call is allowed, for a page past the end.
func TestLawPlanIsOptimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const size = 10 // rows of a chunk: small, so that all sets can be tried
		all := counted(rapid.IntRange(0, 65).Draw(t, "rows"))
		v := NewView((*row).place, false)
		var known []Read
		for k := range 7 {
			if k*size < len(all) && rapid.IntRange(0, 3).Draw(t, "known") == 0 {
				known = append(known, Read{K: k, Size: size})
			}
		}
		slices.Reverse(known)
		for _, r := range known {
			must(t, v, r, answer(all, r))
		}
		windows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Window {
			w := Window{Limit: rapid.IntRange(0, 30).Draw(t, "limit"), FromOldest: rapid.Bool().Draw(t, "from oldest")}
			if n := rapid.IntRange(-1, len(all)-1).Draw(t, "near"); n >= 0 {
				p := all[n].place()
				p.Ordinal = n
				if w.FromOldest {
					w.Older = p
				} else {
					w.Newer = p
				}
			}
			return w
		}), 1, 3).Draw(t, "windows")

		blind := v.total < 0
		best := fewest(t, v, all, windows, size)
		calls := 0
		for {
			todo := planReads(v, windows, size)
			if len(todo) == 0 {
				break
			}
			calls++
			must(t, v, todo[0], answer(all, todo[0]))
		}
		if calls > best && !(blind && calls == best+1) {
			t.Fatalf("%d rows, known %v, windows %+v: %d calls, %d can do", len(all), known, windows, calls, best)
		}
	})
}

// fewest tries every set of reads, including a head of any size. It returns the size of the
// smallest set that shows all of the windows' rows, the rows at their near positions, the
// list's newest end where a window starts there, and the total.
func fewest(t *rapid.T, v *View[row], all []row, windows []Window, size int) int {
	need := map[int]bool{}
	end := false
	for _, w := range windows {
		start, n := len(all), max(w.Limit, 1)
		switch p := w.Near(); {
		case !p.IsEnd():
			start = p.Ordinal
			need[start] = true
			if w.FromOldest {
				start++
			}
		case w.FromOldest:
			start = 0
		default:
			end = end || v.end < 0
		}
		for i := range n {
			if w.FromOldest {
				need[start+i] = true
			} else {
				need[start-1-i] = true
			}
		}
	}
	for n := range need {
		if _, ok := v.at(n); ok || n < 0 || n >= len(all) {
			delete(need, n)
		}
	}
	best := 100
	for head := range size + 1 {
		if end && head == 0 {
			continue
		}
		for set := range 1 << 7 {
			calls, covered := 0, map[int]bool{}
			if head > 0 {
				calls++
				for n := max(0, len(all)-head); n < len(all); n++ {
					covered[n] = true
				}
			}
			for k := range 7 {
				if set>>k&1 == 1 {
					calls++
					for n := k * size; n < (k+1)*size; n++ {
						covered[n] = true
					}
				}
			}
			done := calls > 0 || v.total >= 0
			for n := range need {
				done = done && covered[n]
			}
			if done {
				best = min(best, calls)
			}
		}
	}
	return best
}
