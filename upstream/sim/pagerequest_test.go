package sim

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func str(n int64) string { return strconv.FormatInt(n, 10) }

func TestPagination(t *testing.T) {
	// Seven runs in pages of three, unless stated otherwise.
	for _, test := range []struct {
		query             string
		opt               Options
		runs              int
		rows              string // ordinals; 1 is the oldest
		per, prev, number int
		next, last        int
	}{
		{"per_page=3", Options{}, 7, "7 6 5", 3, 0, 1, 2, 3},
		{"per_page=3&page=2", Options{}, 7, "4 3 2", 3, 1, 2, 3, 3},
		{"per_page=3&page=3", Options{}, 7, "1", 3, 2, 3, 0, 3},
		{"per_page=3&page=1&order=asc", Options{}, 7, "1 2 3", 3, 0, 1, 2, 3},
		{"per_page=3&page=3&order=asc", Options{}, 7, "7", 3, 2, 3, 0, 3},
		{"per_page=3&page=0", Options{}, 7, "7 6 5", 3, 0, 1, 2, 3},
		{"per_page=3&page=-2", Options{}, 7, "7 6 5", 3, 0, 1, 2, 3},
		{"per_page=3&page=two", Options{}, 7, "7 6 5", 3, 0, 1, 2, 3},
		{"per_page=3&order=sideways", Options{}, 7, "7 6 5", 3, 0, 1, 2, 3},
		{"per_page=3&page=4", Options{}, 7, "", 3, 3, 4, 0, 3},
		{"per_page=3&page=4000000000000000000", Options{}, 7, "", 3, 3, 4000000000000000000, 0, 3},
		{"per_page=7", Options{}, 7, "7 6 5 4 3 2 1", 7, 0, 1, 0, 1},
		{"per_page=250", Options{}, 7, "7 6 5 4 3 2 1", 100, 0, 1, 0, 1},
		{"per_page=0", Options{}, 7, "7 6 5 4 3 2 1", 25, 0, 1, 0, 1},
		{"per_page=-1", Options{}, 2, "2 1", 25, 0, 1, 0, 1},
		{"per_page=many", Options{}, 2, "2 1", 25, 0, 1, 0, 1},
		{"", Options{}, 2, "2 1", 25, 0, 1, 0, 1},
		{"", Options{}, 0, "", 25, 0, 1, 0, 1},
		{"", Options{EmptyLastPageZero: true}, 0, "", 25, 0, 1, 0, 0},
		{"page=3", Options{}, 0, "", 25, 1, 3, 0, 1},
	} {
		t.Run(fmt.Sprintf("%s of %d", test.query, test.runs), func(t *testing.T) {
			test.opt.Empty = true
			c, _ := startAt(noon, test.opt)
			sync := c.AddSync(Sync{})
			ordinal := map[int64]int{}
			for i := range test.runs {
				ordinal[c.AddRun(sync, Run{})] = i + 1
			}
			l := page1(t, c, fmt.Sprintf("/syncs/%d/sync_runs?%s", sync, test.query))
			rows := ""
			for i, id := range l.ids() {
				if i > 0 {
					rows += " "
				}
				rows += strconv.Itoa(ordinal[id])
			}
			if rows != test.rows {
				t.Errorf("rows %q, want %q", rows, test.rows)
			}
			p := l.Pagination
			got := []int{p.Total, p.PerPage, deref(p.PrevPage), p.Page, deref(p.NextPage), p.LastPage}
			if diff := cmp.Diff([]int{test.runs, test.per, test.prev, test.number, test.next, test.last}, got); diff != "" {
				t.Errorf("total, per, prev, page, next, last (-want +got):\n%s", diff)
			}
			if (l.Next != nil) != (test.next > 0) {
				t.Errorf("next is %v", l.Next)
			}
			if l.Next != nil {
				want := fmt.Sprintf("http://census.test/api/v1/syncs/%d/sync_runs?page=%d&per_page=%d", sync, test.next, test.per)
				if *l.Next != want {
					t.Errorf("next is %s, want %s", *l.Next, want)
				}
			}
		})
	}
}

func TestPaginationSwitches(t *testing.T) {
	c, _ := startAt(noon, Options{PastEnd404: true, LargePage400: true})
	for path, want := range map[string]int{
		"/syncs?page=2":        200,
		"/syncs?page=3":        404,
		"/syncs?per_page=101":  400,
		"/syncs?per_page=100":  200,
		"/syncs/88/sync_runs":  200, // empty
		"/sources?page=2":      404,
		"/destinations?page=1": 200,
	} {
		if code, _ := get(t, c, path); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
}

// Despite additions and removals, the pages of any size, in sequence, are the runs in order of
// creation, and desc is the reverse of asc.
func TestPagesListAllRuns(t *testing.T) {
	for seed := range uint64(200) {
		d := dice(seed)
		c, w := startAt(noon, Options{Empty: true})
		syncs := [2]int64{c.AddSync(Sync{}), c.AddSync(Sync{})}
		var ids [2][]int64
		for range d.between(0, 120) {
			i := d.between(0, 1)
			n := int64(len(ids[i]))
			switch d.between(0, 9) {
			case 0:
				w.advance(time.Duration(d.between(0, 9000)) * time.Millisecond)
			case 1:
				k := d.between(0, n)
				c.Prune(syncs[i], int(k))
				ids[i] = ids[i][k:]
			case 2:
				if n == 0 {
					continue
				}
				k := int(d.between(0, n-1))
				if !c.RemoveRun(ids[i][k]) || c.RemoveRun(ids[i][k]) {
					t.Fatalf("seed %d: RemoveRun does not report the removal exactly once", seed)
				}
				ids[i] = slices.Delete(ids[i], k, k+1)
			default:
				ids[i] = append(ids[i], c.AddRun(syncs[i], Run{}))
			}
		}
		per := d.between(1, 30)
		for i, want := range ids {
			var truth []int64
			for _, r := range c.Runs(syncs[i]) {
				truth = append(truth, r.ID)
			}
			if !slices.Equal(truth, want) || !slices.IsSorted(want) {
				t.Fatalf("seed %d: Runs are %v, want %v", seed, truth, want)
			}
			for _, order := range []string{"asc", "desc"} {
				got := walk(t, c, fmt.Sprintf("/syncs/%d/sync_runs?per_page=%d&order=%s", syncs[i], per, order))
				if order == "desc" {
					slices.Reverse(got)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("seed %d: %s pages are %v, want %v", seed, order, got, want)
				}
			}
		}
	}
}

// walk returns the ids of all pages.
func walk(t *testing.T, c *Census, path string) (ids []int64) {
	t.Helper()
	for page := 1; page > 0; {
		l := page1(t, c, fmt.Sprintf("%s&page=%d", path, page))
		ids = append(ids, l.ids()...)
		page = deref(l.Pagination.NextPage)
	}
	return ids
}

func deref(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}
