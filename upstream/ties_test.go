package upstream

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// newTiedRuns returns a Census and its client with a sync whose runs were created in groups of the
// given sizes, each group in one moment. It also returns their ids in our order.
func newTiedRuns(order sim.TieOrder, memory int64, together ...int) (*sim.Census, *Client, census.SyncID, []census.SyncRunID) {
	clock := time.Now().Add(-time.Hour)
	server := sim.New(sim.Options{Empty: true, Ties: order, Now: func() time.Time { return clock }})
	sync := server.AddSync(sim.Sync{})
	var ids []census.SyncRunID
	for _, n := range together {
		clock = clock.Add(time.Millisecond)
		for range n {
			ids = append(ids, census.SyncRunID(server.AddRun(sync, sim.Run{})))
		}
	}
	client := New("", Options{BaseURL: sim.Base(), Transport: server.Transport(), PageCache: memory, Freshness: time.Hour})
	return server, client, census.SyncID(sync), ids
}

// singles is n moments of one run each.
func singles(n int) []int { return slices.Repeat([]int{1}, n) }

// In whatever order ties come, and wherever pages and chunks cut them, a walk shows each once,
// in our order.
func TestTiesAreWalked(t *testing.T) {
	for _, tt := range []struct {
		name     string
		together []int
		shuffled bool // they may also come in another order in each call
	}{
		{"two", []int{2}, true},
		{"two among others", []int{1, 1, 2, 1}, true},
		{"sixty", []int{60}, true},
		{"sixty among others", slices.Concat(singles(30), []int{60}, singles(30)), true},
		{"two across chunks", slices.Concat(singles(98), []int{1, 2}, singles(20)), true},
		{"three across chunks", slices.Concat(singles(98), []int{3}, singles(99)), true},
		{"many small ones", slices.Repeat([]int{1, 2, 3, 4}, 25), true},
		{"more than a page", slices.Concat(singles(70), []int{150}, singles(70)), false},
		{"nothing else", []int{350}, false},
	} {
		for _, order := range sim.TieOrders {
			if order == sim.TiesShuffled && !tt.shuffled {
				continue
			}
			for _, memory := range []int64{0, 8 << 20} {
				for _, limit := range []int{1, 2, 7, 25, 60, 1000} {
					for _, fromOldest := range []bool{true, false} {
						_, client, sync, want := newTiedRuns(order, memory, tt.together...)
						w, got := paging.Window{Limit: limit, FromOldest: fromOldest}, []census.SyncRunID(nil)
						for more := true; more; {
							answers, err := client.Runs(t.Context(), sync, w)
							if err != nil {
								t.Fatalf("%s, order %d, by %d, from oldest %t: %v", tt.name, order, limit, fromOldest, err)
							}
							s := answers[0]
							var page []census.SyncRunID
							for i := range s.Rows {
								page = append(page, s.Rows[i].ID)
							}
							if got = append(got, page...); !fromOldest {
								got = append(page, got[:len(got)-len(page)]...)
							}
							if more = s.More; more && len(page) == 0 || s.Total != len(want) {
								t.Fatalf("%s, order %d, by %d: %d rows, total %d", tt.name, order, limit, len(page), s.Total)
							}
							w = s.After(w)
						}
						if !slices.Equal(got, want) {
							t.Fatalf("%s, order %d, by %d, from oldest %t, memory %d: got %v, want %v", tt.name, order, limit, fromOldest, memory, got, want)
						}
					}
				}
			}
		}
	}
}

// Ties that come in another order in each call, and exceed one page, are read until all have
// been seen. Otherwise they are an error; none is ever omitted.
func TestTiesThatNoPageShows(t *testing.T) {
	failed := 0
	for n := 101; n < 1000; n += 100 {
		census, client, sync, want := newTiedRuns(sim.TiesShuffled, 0, 10, n, 10)
		answers, err := client.Runs(t.Context(), sync, paging.Window{Limit: 40})
		if calls := len(census.Calls()); calls > maxReads {
			t.Errorf("%d ties: %d calls", n, calls)
		}
		if err != nil {
			checkVerdict(t, err, "bad_response")
			failed++
			continue
		}
		for i := range answers[0].Rows {
			if answers[0].Rows[i].ID != want[len(want)-40+i] {
				t.Fatalf("%d ties: run %d at %d", n, answers[0].Rows[i].ID, i)
			}
		}
	}
	if failed == 0 || failed == 9 {
		t.Errorf("%d of 9 failed", failed)
	}
}

// A page ends, at the end of one call's rows, with a run that seems alone in its moment. If
// the next page shows that another run belonged before it, that is an error. It is remembered,
// so that a new walk sees all.
func TestSkippedTie(t *testing.T) {
	for _, fromOldest := range []bool{true, false} {
		for _, memory := range []int64{0, 8 << 20} {
			_, client, sync, want := newTiedRuns(sim.TiesByIDTurned, memory, slices.Concat(singles(99), []int{2}, singles(99))...)
			first := paging.Window{Limit: 100, FromOldest: fromOldest}
			begin := func() paging.Slice[census.SyncRun] {
				answers, err := client.Runs(t.Context(), sync, first)
				checkVerdict(t, err, "ok")
				return answers[0]
			}
			s := begin()
			if !s.Open {
				t.Error("the last run is not marked as open")
			}
			_, err := client.Runs(t.Context(), sync, s.After(first))
			checkVerdict(t, err, "bad_response")
			if !errors.Is(err, paging.ErrOmittedTie) {
				t.Error(err)
			}
			if memory == 0 {
				continue
			}
			s = begin()
			last := 0
			if fromOldest {
				last = len(s.Rows) - 1
			}
			ordinal, open := s.Place(&first, last)
			if got := s.Rows[last].ID; open || got != want[ordinal] {
				t.Errorf("from oldest %t: it ends with run %d, want %d", fromOldest, got, want[ordinal])
			}
			answers, err := client.Runs(t.Context(), sync, s.After(first))
			checkVerdict(t, err, "ok")
			if len(answers[0].Rows) != 100 {
				t.Errorf("%d runs follow", len(answers[0].Rows))
			}
		}
	}
}

// A scan counts ties once, wherever chunks cut them.
func TestTiesAreScanned(t *testing.T) {
	for _, order := range sim.TieOrders {
		for _, fromOldest := range []bool{true, false} {
			_, client, sync, want := newTiedRuns(order, 0, slices.Concat(singles(99), []int{2}, singles(98), []int{3}, singles(99), slices.Repeat([]int{4}, 30))...)
			var got []census.SyncRunID
			limited, err := client.ScanRuns(t.Context(), sync, paging.Window{FromOldest: fromOldest}, always, func(s paging.Slice[census.SyncRun]) bool {
				for i := range s.Rows {
					got = append(got, s.Rows[i].ID)
				}
				return false
			})
			if slices.Sort(got); err != nil || limited || !slices.Equal(got, want) {
				t.Errorf("order %d, from oldest %t: %d of %d runs, %v", order, fromOldest, len(got), len(want), err)
			}
		}
	}
}

// Rows of a list without moments are all ties: connections by their ids, in chunks of a
// hundred.
func TestConnectionsWithoutMoments(t *testing.T) {
	census, client := newCensus(sim.Options{})
	for i := range 250 {
		census.AddSource(fmt.Sprint(i))
	}
	census.Inject(sim.Fault{Do: sim.Field("created_at", "null")})
	got, err := client.Connections(t.Context(), Sources)
	if checkVerdict(t, err, "ok"); len(got) < 250 {
		t.Errorf("%d sources", len(got))
	}
	if calls := census.Calls(); len(calls) != 3 {
		t.Errorf("%q", calls)
	}
}
