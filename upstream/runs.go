package upstream

import (
	"context"
	"fmt"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// runChunk is the largest page of runs that Census allows (API reference, per_page).
const runChunk = 100

// Runs answers windows of the runs of one sync, all from one set of pages and in the order of
// the windows. Answers share rows, so callers must not change them. An answer's Err is set if
// that window could not be read; err is set if none could.
//
// It costs one call for the newest 100 runs, and one for each further hundred runs of a window
// (two if they straddle a page border).
func (c *Client) Runs(ctx context.Context, sync census.SyncID, windows ...paging.Window) ([]paging.Slice[census.SyncRun], error) {
	if c.groups != nil {
		if err := c.checkServed(ctx, calls.ListSyncRuns, int64(sync), sync); err != nil {
			return nil, err
		}
	}
	return c.runsOf(sync).slices(ctx, windows)
}

// CachedRuns is Runs from memory only. It returns false where that would take a call, and never
// waits.
func (c *Client) CachedRuns(ctx context.Context, sync census.SyncID, windows ...paging.Window) ([]paging.Slice[census.SyncRun], bool) {
	if served, _ := c.cachedServed(sync); !served {
		return nil, false
	}
	return c.runsOf(sync).cachedSlices(ctx, windows)
}

// ScanRuns calls visit with the runs of w, a batch at a time from the side w counts from,
// until visit has enough. It ignores w.Limit. It holds one batch in memory, however many runs
// there are, so visit must copy the runs that it keeps. Before each call to Census it asks may;
// limited reports that may returned false. Then the batches before that call are complete.
//
// It costs one call per hundred runs that are not in memory, and the calls to find where w
// begins; from the oldest run upwards, one more per thousand.
func (c *Client) ScanRuns(ctx context.Context, sync census.SyncID, w paging.Window, may func() bool, visit func(paging.Slice[census.SyncRun]) (enough bool)) (limited bool, err error) {
	if c.groups != nil {
		if err := c.checkServed(ctx, calls.ListSyncRuns, int64(sync), sync); err != nil {
			return false, err
		}
	}
	return c.runsOf(sync).scan(ctx, w, may, visit)
}

func (c *Client) runsOf(sync census.SyncID) list[census.SyncRun] { return runLists.of(c, int64(sync)) }

var runLists = &listKind[census.SyncRun]{
	endpoint: calls.ListSyncRuns,
	maxSize:  runChunk,
	decode:   census.DecodePage[census.SyncRun],
	position: runPosition,
	stripped: func(r *census.SyncRun) census.SyncRun { return census.SyncRun{ID: r.ID, CreatedAt: r.CreatedAt} },
	check: func(r *census.SyncRun, sync int64) error {
		if r.SyncID == 0 { // omitted by Census; the path names the sync
			r.SyncID = census.SyncID(sync)
		}
		if r.SyncID != census.SyncID(sync) {
			return fmt.Errorf("run %d belongs to sync %d", r.ID, r.SyncID)
		}
		return nil
	},
	settled: (*census.SyncRun).Settled,
	weight:  (*census.SyncRun).Weight,
	pack:    func(runs []census.SyncRun) paging.Packed[census.SyncRun] { return census.PackRuns(runs) },
	write:   census.WriteRuns,
	parse:   census.ReadRuns,
}

func runPosition(r *census.SyncRun) paging.Position {
	return paging.Position{CreatedAt: paging.Moment(r.CreatedAt), ID: int64(r.ID)}
}

// Run fetches one run. It costs one call. With Options.Groups, it costs another for its sync,
// at most one a minute.
func (c *Client) Run(ctx context.Context, id census.SyncRunID) (*census.SyncRun, error) {
	run, err := c.fetchRun(ctx, id)
	if err == nil && c.groups != nil {
		err = c.checkServed(ctx, calls.FetchSyncRun, int64(id), run.SyncID)
	}
	if err != nil {
		return nil, err
	}
	return run, nil
}

func (c *Client) fetchRun(ctx context.Context, id census.SyncRunID) (*census.SyncRun, error) {
	return readRecord(ctx, c, calls.FetchSyncRun, int64(id), (*census.SyncRun).Weight, census.DecodeOne[census.SyncRun],
		func(r *census.SyncRun) error {
			if r.ID != id || r.SyncID <= 0 || r.CreatedAt == 0 {
				return fmt.Errorf("not the requested run: run %d of sync %d, created %d", r.ID, r.SyncID, r.CreatedAt)
			}
			return nil
		},
		func(r *census.SyncRun) time.Duration {
			if r.Settled(time.Now()) {
				return c.cache.recordsFor
			}
			return c.cache.freshness
		})
}
