package upstream

import (
	"context"
	"fmt"
	"time"
	"unsafe"
)

// runChunk is the largest page Census gives (API reference, per_page).
const runChunk = 100

// weight is about what the run takes in memory: its fields and their texts.
func (r *SyncRun) weight() int {
	n := int(unsafe.Sizeof(*r)) + len(r.RawStatus) + weightOf(r.ErrorCode, r.ErrorMessage, r.ErrorDetail, r.CurrentStep)
	if t := r.SyncTriggerReason; t != nil {
		n += int(unsafe.Sizeof(*t)) + weightOf(t.UITag, t.UIDetail)
	}
	return n
}

// weightOf is about what texts take in memory.
func weightOf(texts ...*string) (n int) {
	for _, t := range texts {
		if t != nil {
			n += int(unsafe.Sizeof(*t)) + len(*t)
		}
	}
	return n
}

// Runs answers windows of the runs of one sync, all from one set of pages; the
// answers stand in the order of the windows. Rows are shared between answers:
// they are not to be changed. Err of an answer tells that it could not be read; err,
// that none could.
//
// It costs one call for the newest 100 runs, and one for each further hundred
// of a window (two where it straddles).
func (c *Client) Runs(ctx context.Context, sync SyncID, windows ...Window) ([]Slice[SyncRun], error) {
	return c.runsOf(sync).slices(ctx, windows)
}

// RunsKept is Runs from memory alone; false where that takes a call. It does not
// wait.
func (c *Client) RunsKept(ctx context.Context, sync SyncID, windows ...Window) ([]Slice[SyncRun], bool) {
	return c.runsOf(sync).slicesKept(ctx, windows)
}

// ScanRuns shows visit the runs of w, whose Limit is of no matter, from the side w
// counts from, some at a time, until it has enough. It holds only those it shows,
// however many there are. Before each call to Census it asks may; limited tells
// that it was told not to. What visit was shown by then was right.
//
// It costs one call for each hundred runs that are not in memory, and what it
// takes to find where w begins; upwards, one more for each thousand.
func (c *Client) ScanRuns(ctx context.Context, sync SyncID, w Window, may func() bool, visit func(Slice[SyncRun]) (enough bool)) (limited bool, err error) {
	return c.runsOf(sync).walk(ctx, w, may, visit)
}

func (c *Client) runsOf(sync SyncID) list[SyncRun] {
	return list[SyncRun]{client: c, endpoint: listSyncRuns, id: int64(sync),
		most: runChunk, size: c.standing.pageSize(listSyncRuns, runChunk),
		scan: (*SyncRun).scan, position: runPosition,
		bare: func(r *SyncRun) SyncRun { return SyncRun{ID: r.ID, CreatedAt: r.CreatedAt} },
		check: func(r *SyncRun) error {
			if r.SyncID == 0 { // untold; the path tells whose it is
				r.SyncID = sync
			}
			if r.SyncID != sync {
				return fmt.Errorf("run %d is of sync %d", r.ID, r.SyncID)
			}
			return nil
		}, over: (*SyncRun).settled, weight: (*SyncRun).weight,
		pack: func(runs []SyncRun) packed[SyncRun] { return packRuns(runs) }}
}

// settled tells whether the run will change no more at now. Census books its
// totals for some minutes after its end. When it was touched or ended in the future,
// that is not known; when it was created, its place in the list hangs on: that has
// not settled.
func (r *SyncRun) settled(now time.Time) bool {
	limit := DateTime(now.Add(ClockLead).UnixMilli())
	touched, long := r.CreatedAt, settledFor
	for _, t := range [...]DateTime{r.UpdatedAt, r.CompletedAt} {
		if t > limit {
			long = unknownFor
		} else {
			touched = max(touched, t)
		}
	}
	switch r.Outcome() {
	case OutcomeInProgress:
		return false
	case OutcomeUnknown:
		long = unknownFor
	}
	return now.Sub(touched.Time()) >= long
}

// Run fetches one run. It costs one call.
func (c *Client) Run(ctx context.Context, id SyncRunID) (*SyncRun, error) {
	return readRecord(ctx, c, fetchSyncRun, int64(id), (*SyncRun).weight, (*SyncRun).scan,
		func(r *SyncRun) error {
			if r.ID != id || r.SyncID <= 0 || r.CreatedAt == 0 {
				return fmt.Errorf("not the run asked for: run %d of sync %d, created %d", r.ID, r.SyncID, r.CreatedAt)
			}
			return nil
		},
		func(r *SyncRun) time.Duration {
			if r.settled(time.Now()) {
				return c.cache.recordsFor
			}
			return c.cache.freshness
		})
}
