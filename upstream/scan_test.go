package upstream

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

func always() bool { return true }

// Law 1 of scans: a scan shows every run of its window that existed throughout exactly once,
// in order, and no other run. Runs may be created between two calls, and removed once the scan
// has found its place. If its calls run out, the law holds up to where it stopped.
func TestLawScanShowsEveryRunOnce(t *testing.T) {
	for name, opt := range map[string]sim.Options{
		"as documented": {}, "page past the end is 404": {PastEnd404: true}, "no pagination": {NoPagination: true},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				h := newHistory(t, opt)
				began := h.clock.Load()
				h.create(rapid.IntRange(0, 300).Draw(t, "more runs"))
				if rapid.Bool().Draw(t, "known") { // so that some is in memory
					h.slice(paging.Window{Limit: rapid.SampledFrom([]int{1, 100, 1000}).Draw(t, "limit")})
				}
				w := paging.Window{FromOldest: rapid.Bool().Draw(t, "from oldest")}
				at := func() paging.Moment { return paging.Moment(began + rapid.Int64Range(-2, 400_000).Draw(t, "time")) }
				if rapid.Bool().Draw(t, "since") {
					w.Older = paging.Since(at())
				}
				if rapid.Bool().Draw(t, "before") {
					w.Newer = paging.Before(at())
				}
				there := func() (ids []census.SyncRunID) {
					for _, r := range h.census.Runs(int64(h.sync)) {
						p := paging.Position{CreatedAt: paging.Moment(r.CreatedAt.UnixMilli()), ID: r.ID}
						if (w.Older.IsEnd() || p.Compare(w.Older) > 0) && (w.Newer.IsEnd() || p.Compare(w.Newer) < 0) {
							ids = append(ids, census.SyncRunID(r.ID))
						}
					}
					return ids
				}
				before, ever := there(), map[census.SyncRunID]bool{}
				note := func() {
					for _, id := range there() {
						ever[id] = true
					}
				}
				creations, removals, found := 100, rapid.IntRange(0, 3).Draw(t, "removals"), false
				if opt.NoPagination { // it searches for its place again after a removal
					removals = min(removals, 1)
				}
				h.during(func(chance *rand.Rand) {
					n := min(creations, []int{0, 0, 1, 3, 40}[chance.IntN(5)])
					creations -= n
					h.createBy(chance, n)
					note()
					if all := h.truth(); removals > 0 && found && len(all) > 0 && chance.IntN(2) == 0 {
						removals--
						if chance.IntN(2) == 0 {
							h.census.RemoveRun(int64(all[chance.IntN(len(all))]))
						} else {
							h.census.Prune(int64(h.sync), []int{1, 30, 120}[chance.IntN(3)])
						}
					}
				})
				calls := rapid.SampledFrom([]int{0, 1, 2, 5, 1000}).Draw(t, "calls")
				note()
				made := len(h.census.Calls())
				var ids []census.SyncRunID
				limited, err := h.client.ScanRuns(context.Background(), h.sync, w, func() bool { calls--; return calls >= 0 }, func(s paging.Slice[census.SyncRun]) bool {
					found = true
					for i := range s.Rows {
						if w.FromOldest {
							ids = append(ids, s.Rows[i].ID)
						} else {
							ids = append(ids, s.Rows[len(s.Rows)-1-i].ID)
						}
					}
					return false
				})
				h.census.OnCall(nil)
				if h.openByTies(err, w) {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if made := len(h.census.Calls()) - made; calls >= 0 == limited || made > 2*maxReads {
					t.Fatalf("limited %t after %d calls, %d left", limited, made, calls)
				}
				checkOrder(t, ids, w.FromOldest)
				after := there()
				for _, id := range ids {
					if !ever[id] {
						t.Fatalf("run %d is beside the window", id)
					}
				}
				for _, id := range before {
					passed := !limited || len(ids) > 0 && (id < ids[len(ids)-1]) == w.FromOldest
					if passed && slices.Contains(after, id) && !slices.Contains(ids, id) {
						t.Fatalf("run %d was there throughout and is missing", id)
					}
				}
			})
		})
	}
}

// TestScanCost counts the calls of a scan without a cache, with an empty one, and with what it
// left there.
func TestScanCost(t *testing.T) {
	const hour, month = 3_600_000, 720
	for _, tt := range []struct {
		name              string
		runs              int
		w                 func(newest paging.Moment) paging.Window
		none, cold, again int // calls without a cache; with an empty one; with what it left there
		shown             int
	}{
		{"a list without runs", 0, func(paging.Moment) paging.Window { return paging.Window{} }, 1, 1, 1, 0},
		{"all", 1234, func(paging.Moment) paging.Window { return paging.Window{} }, 13, 13, 1, 1234},
		{"all, upwards", 1234, func(paging.Moment) paging.Window { return paging.Window{FromOldest: true} }, 15, 14, 2, 1234},
		{"a day", 5000, func(n paging.Moment) paging.Window { return paging.Window{Older: paging.Since(n - 24*hour)} }, 1, 1, 1, 25},
		{"a day, lying back", 5000, func(n paging.Moment) paging.Window {
			return paging.Window{Older: paging.Since(n - 1524*hour), Newer: paging.Before(n - 1500*hour)}
		}, 5, 6, 1, 24},
		{"a month, lying back", 5000, func(n paging.Moment) paging.Window {
			return paging.Window{Older: paging.Since(n - 2*month*hour), Newer: paging.Before(n - month*hour)}
		}, 13, 12, 1, month},
		{"a month, lying back, upwards", 5000, func(n paging.Moment) paging.Window {
			return paging.Window{Older: paging.Since(n - 2*month*hour), Newer: paging.Before(n - month*hour), FromOldest: true}
		}, 16, 17, 1, month},
		{"a month", 5000, func(n paging.Moment) paging.Window { return paging.Window{Older: paging.Since(n - month*hour)} }, 8, 8, 1, month + 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock := time.Now().AddDate(-1, 0, 0)
				server := sim.New(sim.Options{Empty: true, Now: func() time.Time { return clock }})
				id := census.SyncID(server.AddSync(sim.Sync{}))
				for range tt.runs {
					clock = clock.Add(time.Hour)
					server.AddRun(int64(id), sim.Run{})
				}
				w := tt.w(paging.Moment(clock.UnixMilli()))
				for _, mode := range []struct {
					name  string
					bytes int64
					calls []int // of one scan after the other, a minute apart
				}{
					{"without a cache", 0, []int{tt.none, tt.none}},
					{"with one", 4 << 20, []int{tt.cold, tt.again, tt.again}},
				} {
					client := New("", Options{BaseURL: sim.Base(), Transport: server.Transport(), PageCache: mode.bytes, Freshness: 5 * time.Second})
					for i, want := range mode.calls {
						time.Sleep(time.Minute)
						server.ResetCalls()
						shown := 0
						limited, err := client.ScanRuns(t.Context(), id, w, always, func(s paging.Slice[census.SyncRun]) bool {
							shown += len(s.Rows)
							return false
						})
						if err != nil || limited || shown != tt.shown {
							t.Errorf("%s, %d: %d runs, limited %t, %v", mode.name, i, shown, limited, err)
						}
						if calls := server.Calls(); len(calls) != want {
							t.Errorf("%s, %d: %d calls, want %d: %v", mode.name, i, len(calls), want, calls)
						}
					}
				}
			})
		})
	}
}

// A scan that failed continues from memory the next time.
func TestFailedScanIsCached(t *testing.T) {
	server, client, id := newCachingClient(2000, time.Hour)
	server.Inject(sim.Fault{Match: func(r *http.Request) bool { return r.URL.Query().Get("page") == "7" }, Do: sim.Status(400, "application/json", "{}"), Times: 1})
	shown := 0
	scan := func() error {
		shown = 0
		_, err := client.ScanRuns(t.Context(), id, paging.Window{}, always, func(s paging.Slice[census.SyncRun]) bool { shown += len(s.Rows); return false })
		return err
	}
	checkVerdict(t, scan(), "bad_response")
	first := len(server.Calls())
	server.ResetCalls()
	checkVerdict(t, scan(), "ok")
	if again := len(server.Calls()); shown != 2000 || first+again > 23 {
		t.Errorf("%d runs, %d calls and %d", shown, first, again)
	}
}
