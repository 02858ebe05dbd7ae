package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// runsNewestFirst reports whether a list of runs is newest first, which is the default.
func runsNewestFirst(o *SyncRunOrder) bool { return o == nil || o.Direction == OrderDirectionDesc }

// runsOf returns a page of the runs of a sync.
func runsOf(ctx context.Context, id census.SyncID, filter *stats.Filter, newestFirst bool, page pageArgs) exec.Later[*SyncRunConnection] {
	list := runList(id, newestFirst)
	w, err := page.window(list, newestFirst)
	if err != nil {
		return exec.Value[*SyncRunConnection](nil, err)
	}
	if filter != nil && !filter.MatchesEverything() {
		return filteredRuns(ctx, id, filter, list, newestFirst, w, page)
	}
	c := &SyncRunConnection{list: list, newestFirst: newestFirst, page: page, window: w}
	return exec.After(loadersOf(ctx).runWindows.load(runWindow{sync: id, window: w}), func(slice paging.Slice[census.SyncRun]) (*SyncRunConnection, error) {
		c.slice = slice
		return c, nil
	})
}

// filteredRuns returns a page of the runs of a sync that pass filter.
func filteredRuns(ctx context.Context, id census.SyncID, filter *stats.Filter, list listSum, newestFirst bool, w paging.Window, page pageArgs) exec.Later[*SyncRunConnection] {
	if err := filter.Check(); err != nil {
		return exec.Value[*SyncRunConnection](nil, badInput("filter: %s", err))
	}
	if filter.MatchesNothing() {
		return exec.Value(foundRuns{}.connection(list, newestFirst, w, filter, page), nil)
	}
	wait := loadersOf(ctx).findRuns(id, w, filter)
	return exec.Slow(func() (*SyncRunConnection, error) {
		found, err := wait()
		if err != nil {
			return nil, err
		}
		return found.connection(list, newestFirst, w, filter, page), nil
	})
}
