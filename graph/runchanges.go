package graph

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/live"
	"census-gateway/graph/transport"
	"census-gateway/internal/errcodes"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// Limits on reading the changes since a cursor.
const (
	maxResumed = 2000             // maximum number of changes of one sync
	settleTime = 10 * time.Minute // Census may change the totals of a run for some minutes after its end
)

// runChanges are new and changed runs. Those since the cursor come first.
type runChanges struct {
	*live.Follower
	client    *upstream.Client
	outcomes  []census.SyncRunOutcome // nil: all
	sum       listSum
	mark      live.Mark       // of the last event sent
	unread    []census.SyncID // syncs whose changes since the cursor were not read yet
	pending   []live.Change   // changes that were read and not sent yet
	failed    []live.SyncMark // syncs that could not be read
	callsLeft atomic.Int64    // calls left for reading changes since the cursor
}

func (l *lazyLoaders) runChanges(ctx context.Context, ids []census.SyncID, outcomes []census.SyncRunOutcome, sum listSum, after live.Mark) (eventSource, error) {
	c := &runChanges{client: l.census, outcomes: outcomes, sum: sum, mark: after}
	c.Follower = l.follow(ctx, ids) // first, so that no change falls between reading back and following
	c.callsLeft.Store(int64(l.options.ReadLimit))
	switch {
	case after.At == 0:
		c.mark = c.Start()
	case ids != nil:
		c.unread = ids
	default:
		all, err := allSyncIDs(ctx, l.census.FreshSince(c.CompleteSince(0), nil))
		if err != nil {
			return nil, err
		}
		c.unread = all
	}
	transport.SetEventID(ctx, eventCursorText(c.mark, sum))
	return c, nil
}

func (c *runChanges) next(ctx context.Context) (any, string, error) {
	for {
		change, mark, err := c.change(ctx)
		if err != nil {
			return nil, "", errSlow(err)
		}
		if mark.At != 0 {
			c.mark = mark.WithUnread(c.failed)
		}
		if c.includes(change) {
			text := eventCursorText(c.mark, c.sum)
			return &SyncRunEvent{Cursor: text, Run: change.Run}, text, nil
		}
	}
}

// change returns the next change with any outcome, and the mark reached with it.
func (c *runChanges) change(ctx context.Context) (change live.Change, mark live.Mark, err error) {
	for len(c.pending) == 0 && len(c.unread) > 0 {
		if err := c.readBack(ctx); err != nil {
			return change, mark, err
		}
	}
	if len(c.pending) > 0 {
		change, c.pending = c.pending[0], c.pending[1:]
		return change, mark, nil
	}
	return c.NextRun(ctx)
}

// includes reports whether the run has, or had before, one of the outcomes.
func (c *runChanges) includes(change live.Change) bool {
	return c.outcomes == nil || slices.Contains(c.outcomes, change.Run.Outcome()) ||
		change.Before != nil && slices.Contains(c.outcomes, change.Before.Outcome())
}

// readBack reads the changes since the cursor for the next few syncs.
func (c *runChanges) readBack(ctx context.Context) error {
	ids := c.unread[:min(len(c.unread), resumeBatch)]
	c.unread = c.unread[len(ids):]
	found, errs := make([][]live.Change, len(ids)), make([]error, len(ids))
	concurrently(len(ids), func(i int) { found[i], errs[i] = c.since(ctx, ids[i], c.mark.Of(ids[i])) })
	for i, id := range ids {
		switch err := errs[i]; callKind(err) {
		case calls.NotFound:
		case 0, calls.Unauthenticated:
			if err != nil {
				return err
			}
			c.pending = append(c.pending, found[i]...)
		default:
			c.failed = append(c.failed, live.SyncMark{Sync: id, At: c.mark.Of(id)})
		}
	}
	return nil
}

// since returns the changes of one sync after at, oldest run first. It reads back to the first run
// that had settled by then and was not skipped. Skipped runs are passed over, because an older run
// was in progress behind them.
func (c *runChanges) since(ctx context.Context, id census.SyncID, at census.DateTime) (found []live.Change, err error) {
	settled := at - census.DateTime(settleTime.Milliseconds())
	may := func() bool { return c.callsLeft.Add(-1) >= 0 }
	// A page cached before the watcher read the sync may lack changes that the watcher has already
	// reported.
	limited, err := c.client.FreshSince(c.CompleteSince(id), nil).ScanRuns(ctx, id, paging.Window{Limit: 25}, may, func(s paging.Slice[census.SyncRun]) (enough bool) {
		for i := len(s.Rows) - 1; i >= 0; i-- {
			switch run := &s.Rows[i]; {
			case run.UpdatedAt > at:
				change := live.Change{Run: run.Clone()}
				if run.CreatedAt <= at { // most likely it was in progress
					change.Before = &census.SyncRun{Status: census.StatusWorking}
				}
				found = append(found, change)
			case run.CreatedAt <= settled && run.Outcome() != census.OutcomeSkipped:
				return true
			}
		}
		return len(found) > maxResumed
	})
	if err == nil && (limited || len(found) > maxResumed) {
		err = &gqlerror.Error{Message: "Too many runs have changed since the cursor after. Follow fewer syncs, or read syncRuns with createdSince and subscribe without after.",
			Extensions: map[string]any{"code": errcodes.QueryTooExpensive}}
	}
	slices.Reverse(found)
	return found, err
}
