package sim

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

// Three runs of one millisecond between two others, as each order lists them.
func TestTies(t *testing.T) {
	at := time.Date(2026, 1, 7, 20, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		order     TieOrder
		asc, desc string // numbers of the runs by creation, ties by id
	}{
		{TiesByID, "[0 1 2 3 4]", "[4 3 2 1 0]"},
		{TiesByIDTurned, "[0 3 2 1 4]", "[4 1 2 3 0]"},
		{TiesByFraction, "[0 2 3 1 4]", "[4 1 3 2 0]"},
		{TiesByIDBothWay, "[0 1 2 3 4]", "[4 1 2 3 0]"},
	} {
		c := New(Options{Empty: true, Seed: 1, Ties: tt.order, Now: func() time.Time { return at.Add(time.Hour) }})
		sync := c.AddSync(Sync{})
		for _, ms := range []time.Duration{0, 1, 1, 1, 2} {
			c.AddRun(sync, Run{CreatedAt: at.Add(ms * time.Millisecond)})
		}
		for order, want := range map[string]string{"asc": tt.asc, "desc": tt.desc} {
			if got := fmt.Sprint(c.listed(sync, order, 5)); got != want {
				t.Errorf("order %d, %s: %s, want %s", tt.order, order, got, want)
			}
			if got := fmt.Sprint(c.listed(sync, order, 2)); got != want {
				t.Errorf("order %d, %s, by pages: %s, want %s", tt.order, order, got, want)
			}
		}
	}
}

// Shuffled ties come in another order in each call, and in the same orders from the same seed.
func TestTiesShuffled(t *testing.T) {
	at := time.Date(2026, 1, 7, 20, 0, 0, 0, time.UTC)
	orders := func() (seen [][]int) {
		c := New(Options{Empty: true, Ties: TiesShuffled, Now: func() time.Time { return at }})
		sync := c.AddSync(Sync{})
		for range 50 {
			c.AddRun(sync, Run{})
		}
		for range 3 {
			seen = append(seen, c.listed(sync, "desc", 50))
		}
		return seen
	}
	seen := orders()
	for i, order := range seen {
		if slices.Equal(order, seen[(i+1)%3]) {
			t.Error("two calls have the same order")
		}
		if sorted := slices.Sorted(slices.Values(order)); sorted[0] != 0 || sorted[49] != 49 || len(slices.Compact(sorted)) != 50 {
			t.Errorf("not all runs: %v", order)
		}
	}
	if !slices.EqualFunc(seen, orders(), slices.Equal) {
		t.Error("the same seed gave another order")
	}
}

// listed returns the numbers, by creation, of a sync's runs in the order of its pages.
func (c *Census) listed(sync int64, order string, per int) (numbers []int) {
	for page := 1; ; page++ {
		w := httptest.NewRecorder()
		c.ServeHTTP(w, httptest.NewRequest("GET", fmt.Sprintf("/api/v1/syncs/%d/sync_runs?order=%s&per_page=%d&page=%d", sync, order, per, page), nil))
		var answer struct{ Data []struct{ ID int64 } }
		if json.Unmarshal(w.Body.Bytes(), &answer) != nil || len(answer.Data) == 0 {
			return numbers
		}
		for _, run := range answer.Data {
			numbers = append(numbers, slices.IndexFunc(c.Runs(sync), func(r Run) bool { return r.ID == run.ID }))
		}
	}
}

// The realistic workspace may have syncs that were created together.
func TestBulk(t *testing.T) {
	c := New(Options{Bulk: 10})
	moments := map[time.Time]int{}
	for _, s := range c.Syncs() {
		moments[s.CreatedAt]++
	}
	for at, n := range moments {
		if n != 10 && len(c.Syncs())%10 != n {
			t.Errorf("%d syncs of %s", n, at)
		}
	}
}
