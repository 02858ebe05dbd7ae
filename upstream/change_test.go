package upstream

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// Census changes slightly: everything that it still proves is answered.
func TestRunsOfAChangedCensus(t *testing.T) {
	for name, c := range map[string]struct {
		opt   sim.Options
		fault sim.Effect // nil: none
		first int        // calls of the first request, at most
		later int        // of the next, for other windows of the same list
	}{
		"pages of 25":                                     {sim.Options{MaxPerPage: 25}, nil, 20, 19},
		"pages of 7":                                      {sim.Options{MaxPerPage: 7}, nil, 70, 66},
		"pages of 25, whatever is asked":                  {sim.Options{}, sim.IgnorePerPage(25), 20, 19},
		"a total that is too large":                       {sim.Options{TotalOff: 3}, nil, 30, 10},
		"a total that is far too large":                   {sim.Options{TotalOff: 1000}, nil, 30, 10},
		"a total that is too small":                       {sim.Options{TotalOff: -3}, nil, 30, 10},
		"a total that is far too small":                   {sim.Options{TotalOff: -449}, nil, 30, 10},
		"a total of none":                                 {sim.Options{TotalOff: -450}, nil, 30, 10},
		"a total that is wrong, and no page past the end": {sim.Options{TotalOff: 3, PastEnd404: true}, nil, 30, 12},
		"a total that shrinks with each look":             {sim.Options{}, shrinkingTotal(), 30, 30},
	} {
		synctest.Test(t, func(t *testing.T) {
			census, _ := newCensus(c.opt)
			client := New("", Options{BaseURL: sim.Base(), Transport: census.Transport(), PageCache: 1 << 20, Freshness: time.Second})
			id := addSyncWithRuns(census, 450)
			if c.fault != nil {
				census.Inject(sim.Fault{Do: c.fault})
			}
			truth := census.Runs(int64(id))
			for i, w := range []paging.Window{{Limit: 450}, {Limit: 210}, {Limit: 30, FromOldest: true}} {
				census.ResetCalls()
				answers, err := client.Runs(t.Context(), id, w)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				var got, want []int64
				for _, r := range answers[0].Rows {
					got = append(got, int64(r.ID))
				}
				for _, r := range truth {
					want = append(want, r.ID)
				}
				if w.FromOldest {
					want = want[:w.Limit]
				} else {
					want = want[len(want)-w.Limit:]
				}
				if !slices.Equal(got, want) || answers[0].Total != 450 || answers[0].More != (len(want) < 450) {
					t.Errorf("%s, %+v: %d rows, total %d, more %t", name, w, len(got), answers[0].Total, answers[0].More)
				}
				if n := len(census.Calls()); i == 0 && n > c.first || i > 0 && n > c.later {
					t.Errorf("%s, %+v: %d calls", name, w, n)
				}
				time.Sleep(2 * time.Second)
			}
		})
	}
}

// If Census allows larger pages again, they are requested after an hour.
func TestPagesGrowAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client := newCensus(sim.Options{})
		id := addSyncWithRuns(census, 450)
		restore := census.Inject(sim.Fault{Do: sim.IgnorePerPage(25)})
		ask := func() int {
			census.ResetCalls()
			answers, err := client.Runs(t.Context(), id, paging.Window{Limit: 400})
			if err != nil || len(answers[0].Rows) != 400 {
				t.Fatal(len(answers), err)
			}
			return len(census.Calls())
		}
		if small := ask(); small < 17 {
			t.Errorf("400 runs took %d calls of 25", small)
		}
		restore()
		if still := ask(); still < 16 {
			t.Errorf("soon after it is %d calls", still)
		}
		time.Sleep(time.Hour)
		if large := ask(); large > 5 {
			t.Errorf("an hour later it is %d calls", large)
		}
	})
}

// Pages of syncs that time out are requested with fewer rows, at once and for the next ten
// minutes, by all readers.
func TestHeavySyncs(t *testing.T) {
	for name, read := range map[string]func(ctx context.Context, c *Client) (int, error){
		"all": func(ctx context.Context, c *Client) (int, error) {
			rows, err := c.AllSyncs(ctx)
			return len(rows), err
		},
		"a window": func(ctx context.Context, c *Client) (int, error) {
			answers, err := c.Syncs(ctx, paging.Window{Limit: 120})
			if err != nil {
				return 0, err
			}
			return len(answers[0].Rows), nil
		},
		"by id": func(ctx context.Context, c *Client) (n int, err error) {
			ids := make([]census.SyncID, 120)
			for i := range ids {
				ids[i] = census.SyncID(i + 1)
			}
			for _, r := range c.SyncsByID(ctx, ids) {
				if err = r.Err; err == nil {
					n++
				}
			}
			return n, err
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			census, client := newCensus(sim.Options{HeavySyncs: 20})
			addSyncs(census, 120)
			ask := func() (calls int, took time.Duration) {
				census.ResetCalls()
				began := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				if n, err := read(ctx, client); err != nil || n != 120 {
					t.Fatalf("%s: %d syncs, %v", name, n, err)
				}
				return len(census.Calls()), time.Since(began)
			}
			if calls, took := ask(); calls > 16 || took > 6*time.Second || count(census.Calls(), "GET /syncs/") > 0 {
				t.Errorf("%s: %d calls, %s: %v", name, calls, took, census.Calls())
			}
			if calls, took := ask(); calls > 14 || took > time.Second || strings.Contains(strings.Join(census.Calls(), " "), "per_page=50") {
				t.Errorf("%s, again: %d calls, %s: %v", name, calls, took, census.Calls())
			}
		})
	}
}

// Cached syncs are served while reads hang, whatever page size is tried.
func TestHangingSyncsAreBridged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, _ := newCensus(sim.Options{})
		client := New("", Options{BaseURL: sim.Base(), Transport: census.Transport(), PageCache: 1 << 20, Freshness: time.Second, Stale: time.Hour})
		addSyncs(census, 120)
		if _, err := client.AllSyncs(t.Context()); err != nil {
			t.Fatal(err)
		}
		census.Inject(sim.Fault{Do: sim.Hang()})
		for range 8 {
			time.Sleep(time.Minute)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			if rows, err := client.AllSyncs(ctx); err != nil || len(rows) != 120 {
				t.Errorf("%d syncs, %v", len(rows), err)
			}
			cancel()
		}
	})
}

// If even the smallest pages time out, their size is not the reason.
func TestHangingSyncsAreNotHeavy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client := newCensus(sim.Options{})
		addSyncs(census, 120)
		restore := census.Inject(sim.Fault{Do: sim.Hang()})
		for range 4 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			_, err := client.AllSyncs(ctx)
			checkVerdict(t, err, "timeout")
			cancel()
			time.Sleep(time.Minute)
		}
		restore()
		time.Sleep(10 * time.Minute)
		census.ResetCalls()
		if rows, err := client.AllSyncs(t.Context()); err != nil || len(rows) != 120 || len(census.Calls()) > 4 {
			t.Errorf("%d syncs, %v, took %v", len(rows), err, census.Calls())
		}
	})
}

// However large Census's pages and however wrong its totals, a walk in either direction
// returns every run once, in order. One case is left out: a total that is too small and ends
// with a full page, or with none, looks like a true one.
func TestLawWalksOfAChangedCensus(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opt := sim.Options{
			MaxPerPage: rapid.SampledFrom([]int{100, 100, 60, 25, 7}).Draw(t, "rows of a page"),
			TotalOff:   rapid.SampledFrom([]int{0, 1, 5, 120, -1, -5, -120}).Draw(t, "total off by"),
			PastEnd404: rapid.Bool().Draw(t, "nothing past the end"),
		}
		h := newHistory(t, opt)
		h.create(1) // a list without rows proves nothing
		told := len(h.truth()) + opt.TotalOff
		if n := opt.MaxPerPage; opt.TotalOff < 0 && (told <= 0 || told%n == 0) {
			more := max(1-told, 1)
			h.create(more)
			told += more
		}
		w := paging.Window{FromOldest: rapid.Bool().Draw(t, "from oldest")}
		var got []census.SyncRunID
		for more := true; more; {
			if w.Limit = rapid.SampledFrom([]int{1, 7, 25, 26, 99, 100, 101, 250, 1000}).Draw(t, "limit"); opt.TotalOff < 0 && (w.Limit == told || w.Limit+1 == told) {
				w.Limit = told + 1
			}
			answers, err := h.client.Runs(context.Background(), h.sync, w)
			if h.openByTies(err, w) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s := answers[0]
			if more = s.More; more && len(s.Rows) == 0 {
				t.Fatal("an empty page that is not the last")
			}
			for i := range s.Rows {
				n := i
				if !w.FromOldest {
					n = len(s.Rows) - 1 - i
				}
				got = append(got, s.Rows[n].ID)
			}
			w = s.After(w)
		}
		if !w.FromOldest {
			slices.Reverse(got)
		}
		if !slices.Equal(got, h.truth()) {
			t.Fatalf("%d runs of %d: %v, want %v", len(got), len(h.truth()), got, h.truth())
		}
	})
}
