package upstream

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// Law 4 again: an answer is exact whatever was requested and cached before, and whatever has
// changed since, for windows and scans alike.
func TestLawAnswersStayExact(t *testing.T) {
	for name, opt := range map[string]sim.Options{
		"as documented": {}, "page past the end is 404": {PastEnd404: true}, "no pagination": {NoPagination: true},
		"neither": {PastEnd404: true, NoPagination: true},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				h := newHistory(t, opt)
				for range rapid.IntRange(2, 5).Draw(t, "questions") {
					w := paging.Window{Limit: rapid.SampledFrom([]int{1, 10, 25, 100, 101, 1000}).Draw(t, "limit"), FromOldest: rapid.Bool().Draw(t, "from oldest")}
					if rapid.Bool().Draw(t, "scan") {
						n := 0
						limited, err := h.client.ScanRuns(context.Background(), h.sync, w, always, func(s paging.Slice[census.SyncRun]) bool {
							n += len(s.Rows)
							return false
						})
						if h.openByTies(err) {
							return
						}
						if all := len(h.truth()); err != nil || limited || n != all {
							t.Fatalf("a scan of %+v: %d of %d runs, limited %t, %v", w, n, all, limited, err)
						}
					} else {
						s, ok := h.slice(w)
						if !ok {
							return
						}
						checkExact(t, h, w, s)
					}
					switch rapid.IntRange(0, 3).Draw(t, "change") {
					case 0:
						h.create(rapid.SampledFrom([]int{1, 15, 130}).Draw(t, "new runs"))
					case 1:
						h.census.Prune(int64(h.sync), rapid.SampledFrom([]int{1, 15, 130}).Draw(t, "pruned"))
					}
				}
			})
		})
	}
}
