package upstream

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// hourlySyncs is a Census of n syncs with the given number of runs each, an hour apart and all
// settled.
func hourlySyncs(n, runs int) *sim.Census {
	census := sim.New(sim.Options{Empty: true})
	now := time.Now()
	for range n {
		id := census.AddSync(sim.Sync{CreatedAt: now.AddDate(-1, 0, 0)})
		for h := range runs {
			census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration(h-runs)*time.Hour + 5*time.Minute + time.Duration(id)*time.Second)})
		}
	}
	return census
}

// scanWeek scans a week of runs of the given number of syncs, several at once.
func scanWeek(t *testing.T, c *Client, syncs int) {
	since := paging.Since(paging.Moment(time.Now().AddDate(0, 0, -7).UnixMilli()))
	ids := make([]census.SyncID, syncs)
	for i := range ids {
		ids[i] = census.SyncID(i + 1)
	}
	parallel(16, ids, func(id census.SyncID) {
		rows := 0
		_, err := c.ScanRuns(t.Context(), id, paging.Window{Older: since}, func() bool { return true }, func(s paging.Slice[census.SyncRun]) bool {
			rows += len(s.Rows)
			return false
		})
		if err != nil || rows < 167 {
			t.Errorf("sync %d: %d runs, %v", id, rows, err)
		}
	})
}

// A cache that is too small for repeated reads still keeps some of them. The newest rows of a
// list are evicted before what they prove, and new entries do not displace entries needed as
// soon. A week of 60 syncs takes two calls each, 2.6 MB with nothing packed, and 670 kB at
// least.
func TestScanLargerThanTheCache(t *testing.T) {
	const syncs = 60
	for _, c := range []struct {
		bytes  int64
		rounds [2]int // calls of the first round, and at most of each from the fourth on
	}{
		{8 << 20, [2]int{2 * syncs, syncs}},
		{64 << 20 * syncs / 3000, [2]int{2 * syncs, syncs}},
		{32 << 20 * syncs / 3000, [2]int{2 * syncs, syncs}},
		{16 << 20 * syncs / 3000, [2]int{2 * syncs, 2*syncs - 8}},
	} {
		synctest.Test(t, func(t *testing.T) {
			census := hourlySyncs(syncs, 400)
			client := New("", Options{BaseURL: sim.Base(), Transport: census.Transport(), PageCache: c.bytes, Freshness: 5 * time.Second})
			var calls []int
			for range 10 {
				census.ResetCalls()
				scanWeek(t, client, syncs)
				calls = append(calls, len(census.Calls()))
				time.Sleep(6 * time.Second)
			}
			if calls[0] != c.rounds[0] || slices.Max(calls[3:]) > c.rounds[1] {
				t.Errorf("%d bytes: calls %v, want %v", c.bytes, calls, c.rounds)
			}
		})
	}
}

// If memory is short, the newest rows are packed. They give the same answers without a call,
// and still reveal removed rows.
func TestPackedHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := hourlySyncs(2, 250)
		client := New("", Options{BaseURL: sim.Base(), Transport: server.Transport(), PageCache: 70_000, Freshness: time.Minute})
		for id := range 2 { // the first makes the second short of memory
			if _, err := client.Runs(t.Context(), census.SyncID(id+1), paging.Window{Limit: 100}); err != nil {
				t.Fatal(err)
			}
		}
		truth := server.Runs(2)
		position := func(n int) paging.Position {
			return paging.Position{CreatedAt: paging.Moment(truth[n].CreatedAt.UnixMilli()), ID: truth[n].ID, Ordinal: paging.NoOrdinal}
		}
		ask := func(w paging.Window, from, to int) {
			t.Helper()
			answers, err := client.Runs(t.Context(), 2, w)
			if err != nil {
				t.Fatal(err)
			}
			ids := func() (ids []int64) {
				for _, r := range answers[0].Rows {
					ids = append(ids, int64(r.ID))
				}
				return ids
			}
			var want []int64
			for _, r := range truth[from:to] {
				want = append(want, r.ID)
			}
			if !slices.Equal(ids(), want) || answers[0].First != from {
				t.Errorf("%+v: runs %d from %d, want %d from %d", w, ids(), answers[0].First, want, from)
			}
		}
		server.ResetCalls()
		ask(paging.Window{Limit: 1}, 249, 250)
		ask(paging.Window{Limit: 100}, 150, 250)
		ask(paging.Window{Limit: 30, Newer: position(200)}, 170, 200)
		ask(paging.Window{Limit: 1000, Older: position(199)}, 200, 250)
		ask(paging.Window{Limit: 10, Older: position(160), FromOldest: true}, 161, 171)
		if calls := server.Calls(); len(calls) > 0 {
			t.Errorf("what was read took %v", calls)
		}
		ask(paging.Window{Limit: 1, Newer: position(150)}, 149, 150) // right below: one call proves it
		if calls := server.Calls(); len(calls) != 1 {
			t.Errorf("a row below took %v", calls)
		}
		time.Sleep(time.Hour)
		server.ResetCalls()
		p := position(170)
		p.Ordinal = 170
		ask(paging.Window{Limit: 1, Newer: p}, 169, 170)
		if calls := server.Calls(); len(calls) != 1 {
			t.Errorf("a row of an hour ago took %v", calls)
		}
		server.Prune(2, 10)
		time.Sleep(time.Hour)
		truth = server.Runs(2)
		ask(paging.Window{Limit: 1, Newer: position(100)}, 99, 100)
		ask(paging.Window{Limit: 1000}, 0, 240)
	})
}

// A cache that is too small reports it once, with about the right amount. A week of 60 syncs
// needs 450 kB beside the newest rows, which expire after 5 s.
func TestShortage(t *testing.T) {
	const syncs = 60
	for _, c := range []struct {
		bytes       int64
		least, most int64 // missing bytes
		told        int   // number of reports
	}{
		{4_000_000, 0, 0, 0},
		{1_340_000, 0, 0, 0},
		{335_000, 80_000, 400_000, 1},
		{167_500, 200_000, 600_000, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			var told []CacheStats
			client := New("", Options{BaseURL: sim.Base(), Transport: hourlySyncs(syncs, 400).Transport(), PageCache: c.bytes, Freshness: 5 * time.Second,
				OnShort: func(s CacheStats) { told = append(told, s) }})
			for range 12 {
				scanWeek(t, client, syncs)
				time.Sleep(time.Minute)
			}
			s := client.CacheStats()
			if s.Missing < c.least || s.Missing > c.most || s.Limit != c.bytes {
				t.Errorf("%d bytes: %+v", c.bytes, s)
			}
			if len(told) != c.told || c.told > 0 && (told[0].Missing < c.least || told[0].Missing > c.most) {
				t.Errorf("%d bytes: told %+v", c.bytes, told)
			}
		})
	}
}

// Of very many evicted entries, some are remembered and represent all.
func TestShortageOfManyEntries(t *testing.T) {
	var s shortage
	now := time.Now()
	s.nextPeriod(now)
	lose := func(from, to int) {
		for k := from; k < to; k++ {
			s.evicted(cacheKey{k: k}, entry{bytes: 1000}, now)
		}
	}
	miss := func(from, to int) {
		for k := from; k < to; k++ {
			s.missed(cacheKey{k: k}, now)
		}
	}
	lose(0, 100_000)
	if miss(100_000, 200_000); s.bytesShort() != 0 {
		t.Errorf("%d bytes of what was never there", s.bytesShort())
	}
	for range 3 { // each counts once
		miss(0, 50_000)
	}
	if n := s.bytesShort(); n < 40_000_000 || n > 60_000_000 || len(s.evictions) > maxEvictions {
		t.Errorf("%d bytes of 50 MB, %d remembered", n, len(s.evictions))
	}
	now = now.Add(shortagePeriod)
	if !s.nextPeriod(now) || s.nextPeriod(now) || s.bytesShort() < 40_000_000 {
		t.Errorf("%d bytes when the period is over", s.bytesShort())
	}
	now = now.Add(shortagePeriod)
	if miss(0, 50_000); !s.nextPeriod(now) || s.bytesShort() != 0 {
		t.Errorf("%d bytes that were lost ten minutes ago", s.bytesShort())
	}
	if now = now.Add(shortagePeriod); !s.nextPeriod(now) || len(s.evictions) != 0 || s.skipMask != 0 {
		t.Errorf("%d remembered, by %b", len(s.evictions), s.skipMask)
	}
	s.evicted(cacheKey{k: 1}, entry{bytes: 1000, until: now.Add(time.Second)}, now)
	s.evicted(cacheKey{k: 2, epoch: 1}, entry{bytes: 100}, now)
	now = now.Add(2 * time.Second)
	if miss(1, 3); s.bytesShort() != 100 {
		t.Errorf("%d bytes, want the 100 that counted still", s.bytesShort())
	}
}
