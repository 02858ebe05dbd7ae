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

// How far a subscription reads back for what happened since its cursor.
const (
	atOnce       = 16               // syncs that are read together, when the client has taken what was found before
	mostMissed   = 2000             // changes of one sync
	stillTouched = 10 * time.Minute // Census books the totals of a run for some minutes after its end
)

// runChanges are the runs that are created or change, first those since a cursor.
type runChanges struct {
	*live.Follower
	client   *upstream.Client
	outcomes []census.SyncRunOutcome // nil: all
	sum      listSum
	mark     live.Mark       // of the last event
	missed   []census.SyncID // syncs that have not been read back
	found    []live.Change   // in those that have been
	owed     []live.Apart    // those of them that could not be read
	calls    atomic.Int64    // left to read back
}

func (l *lazyLoaders) runChanges(ctx context.Context, ids []census.SyncID, outcomes []census.SyncRunOutcome, sum listSum, after live.Mark) (source, error) {
	c := &runChanges{client: l.census, outcomes: outcomes, sum: sum, mark: after}
	c.Follower = l.follow(ctx, ids) // first, so that it knows no sync that is not read back
	c.calls.Store(int64(l.options.ReadLimit))
	switch {
	case after.At == 0:
		c.mark = c.Start()
	case ids != nil:
		c.missed = ids
	default:
		all, err := everyone(ctx, l.census.Anew(c.Watched(0), nil))
		if err != nil {
			return nil, err
		}
		c.missed = all
	}
	transport.SetEventID(ctx, markText(c.mark, sum))
	return c, nil
}

func (c *runChanges) next(ctx context.Context) (any, string, error) {
	for {
		change, told, err := c.change(ctx)
		if err != nil {
			return nil, "", errSlow(err)
		}
		if told.At != 0 {
			c.mark = told.Owing(c.owed)
		}
		if c.wanted(change) {
			text := markText(c.mark, c.sum)
			return &SyncRunEvent{Cursor: text, Run: change.Run}, text, nil
		}
	}
}

// change is the next one, of whatever outcome.
func (c *runChanges) change(ctx context.Context) (change live.Change, told live.Mark, err error) {
	for len(c.found) == 0 && len(c.missed) > 0 {
		if err := c.readBack(ctx); err != nil {
			return change, told, err
		}
	}
	if len(c.found) > 0 {
		change, c.found = c.found[0], c.found[1:]
		return change, told, nil
	}
	return c.NextRun(ctx)
}

// wanted tells whether the run has one of the outcomes, or had before.
func (c *runChanges) wanted(change live.Change) bool {
	return c.outcomes == nil || slices.Contains(c.outcomes, change.Run.Outcome()) ||
		change.Before != nil && slices.Contains(c.outcomes, change.Before.Outcome())
}

// readBack finds what has changed since the cursor in the syncs that are next.
func (c *runChanges) readBack(ctx context.Context) error {
	ids := c.missed[:min(len(c.missed), atOnce)]
	c.missed = c.missed[len(ids):]
	found, errs := make([][]live.Change, len(ids)), make([]error, len(ids))
	each(len(ids), func(i int) { found[i], errs[i] = c.since(ctx, ids[i], c.mark.Of(ids[i])) })
	for i, id := range ids {
		switch err := errs[i]; kindOf(err) {
		case calls.NotFound:
		case 0, calls.Unauthenticated:
			if err != nil {
				return err
			}
			c.found = append(c.found, found[i]...)
		default:
			c.owed = append(c.owed, live.Apart{Sync: id, At: c.mark.Of(id)})
		}
	}
	return nil
}

// since are the changes of one sync that Census dates after at, the oldest run first. It
// reads down to a run that can have been touched no more by then: where one was in
// progress, those behind it were skipped.
func (c *runChanges) since(ctx context.Context, id census.SyncID, at census.DateTime) (found []live.Change, err error) {
	settled := at - census.DateTime(stillTouched.Milliseconds())
	may := func() bool { return c.calls.Add(-1) >= 0 }
	// A page cached before the watcher read the sync may lack changes that the watcher has
	// reported.
	limited, err := c.client.Anew(c.Watched(id), nil).ScanRuns(ctx, id, paging.Window{Limit: 25}, may, func(s paging.Slice[census.SyncRun]) (enough bool) {
		for i := len(s.Rows) - 1; i >= 0; i-- {
			switch run := &s.Rows[i]; {
			case run.UpdatedAt > at:
				change := live.Change{Run: run.Clone()}
				if run.CreatedAt <= at { // it was in progress, most likely
					change.Before = &census.SyncRun{Status: census.StatusWorking}
				}
				found = append(found, change)
			case run.CreatedAt <= settled && run.Outcome() != census.OutcomeSkipped:
				return true
			}
		}
		return len(found) > mostMissed
	})
	if err == nil && (limited || len(found) > mostMissed) {
		err = &gqlerror.Error{Message: "Too much has happened since. Name fewer syncs, or read syncRuns with createdSince, and subscribe without after.",
			Extensions: map[string]any{"code": errcodes.QueryTooExpensive}}
	}
	slices.Reverse(found)
	return found, err
}
