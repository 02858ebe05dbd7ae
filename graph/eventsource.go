package graph

import (
	"context"
	"errors"
	"slices"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/live"
	"census-gateway/internal/errcodes"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// resumeBatch is the number of syncs that a new subscription reads together. It reads the next
// ones when the client has received their changes.
const resumeBatch = 16

// An eventSource returns the events of one subscription.
type eventSource interface {
	// next waits for the next event. id is its cursor; "" for events without one. It returns an
	// error when ctx or the subscription ends.
	next(ctx context.Context) (event any, id string, err error)
}

// existingIDs returns the ids of those of syncs that exist in Census; nil, which means all, if
// syncs is nil.
func (l *lazyLoaders) existingIDs(ctx context.Context, syncs []*Sync) (known []census.SyncID, err error) {
	if syncs == nil {
		return nil, nil
	}
	ids := sortedIDs(syncs)
	if len(ids) == 0 {
		return nil, badInput("syncIds must contain at least one id; omit it to follow all syncs")
	}
	found := l.census.SyncsByID(ctx, ids)
	for _, id := range ids {
		if failed := found[id].Err; failed != nil && callKind(failed) == calls.NotFound {
			err = failed
		} else {
			known = append(known, id)
		}
	}
	if len(known) > 0 {
		err = nil
	}
	return known, err
}

// allSyncIDs returns the ids of all syncs of the workspace, sorted.
func allSyncIDs(ctx context.Context, client *upstream.Client) ([]census.SyncID, error) {
	all, err := client.AllSyncs(ctx)
	ids := make([]census.SyncID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	slices.Sort(ids)
	return ids, err
}

// callKind returns the kind of a failed call; 0 for other errors and for nil.
func callKind(err error) calls.Kind {
	var call *calls.Error
	if errors.As(err, &call) {
		return call.Kind
	}
	return 0
}

// follow follows the given syncs until ctx ends; nil: all syncs.
func (l *lazyLoaders) follow(ctx context.Context, ids []census.SyncID) *live.Follower {
	f := l.options.Watch.Follow(l.census, ids)
	context.AfterFunc(ctx, f.Close)
	return f
}

// errSlow turns live.ErrSlow, the end of a subscription whose client reads too slowly, into an
// error for the client. It returns other errors unchanged.
func errSlow(err error) error {
	if !errors.Is(err, live.ErrSlow) {
		return err
	}
	return &gqlerror.Error{Message: "Your client reads events too slowly, so some were lost. To continue, subscribe again with after set to the cursor of the last event received.",
		Extensions: map[string]any{"code": errcodes.Overloaded}}
}
