package graph

import (
	"context"

	"census-gateway/graph/stats"
	"census-gateway/upstream"
)

// A Node is a *Sync or an *upstream.SyncRun.
type Node any

// A Sync is what the graph answers a sync from: its id, and its record where
// something is asked that only the record tells. If the record could not be
// read, each field that needs it fails for itself and the others are answered.
type Sync struct {
	ID     upstream.SyncID
	record *upstream.Sync
	err    error
	// verdict is there in lists ordered by health.
	verdict *verdict
}

// readRecords reads the records of syncs.
func readRecords(ctx context.Context, syncs []*Sync) {
	ids := make([]upstream.SyncID, len(syncs))
	for i, s := range syncs {
		ids[i] = s.ID
	}
	l := loadersOf(ctx)
	l.syncsAhead(ctx, ids)
	for _, s := range syncs {
		s.record, s.err = l.syncs.get(ctx, s.ID)
	}
}

// runsOf pages through the runs of a sync.
func runsOf(ctx context.Context, id upstream.SyncID, filter *stats.Filter, newestFirst bool, page pageArgs) (*SyncRunConnection, error) {
	list := runList(id, newestFirst)
	w, err := page.window(list, newestFirst)
	if err != nil {
		return nil, err
	}
	if filter != nil && !filter.MatchesEverything() {
		return filteredRuns(ctx, id, filter, list, newestFirst, w, page)
	}
	slice, err := loadersOf(ctx).slices.get(ctx, stretch{sync: id, window: w})
	if err != nil {
		return nil, err
	}
	return &SyncRunConnection{list: list, newestFirst: newestFirst, page: page, window: w, slice: slice}, nil
}

// latestRunOf is the newest run of a sync; nil if it has none.
func latestRunOf(ctx context.Context, id upstream.SyncID) (*upstream.SyncRun, error) {
	slice, err := loadersOf(ctx).slices.get(ctx, stretch{sync: id, window: latest})
	if err != nil || len(slice.Rows) == 0 {
		return nil, err
	}
	return &slice.Rows[0], nil
}

// ask reads something off the record of s.
func ask[T any](s *Sync, what func(*upstream.Sync) T) (v T, err error) {
	if s.record == nil {
		return v, s.err
	}
	return what(s.record), nil
}

// Label is null where nobody named the sync.
func (s *Sync) Label() (*string, error) {
	return ask(s, func(r *upstream.Sync) *string { return r.Label })
}

// Operation says how rows are written.
func (s *Sync) Operation() (*string, error) {
	return ask(s, func(r *upstream.Sync) *string { return r.Operation })
}

// Paused tells whether the schedule is switched off.
func (s *Sync) Paused() (*bool, error) {
	return ask(s, func(r *upstream.Sync) *bool { return &r.Paused })
}

// Status is what Census says of the sync as a whole.
func (s *Sync) Status() (*upstream.SyncStatus, error) {
	return ask(s, func(r *upstream.Sync) *upstream.SyncStatus { return &r.Status })
}

// CreatedAt is when the sync was set up.
func (s *Sync) CreatedAt() (upstream.DateTime, error) {
	return ask(s, func(r *upstream.Sync) upstream.DateTime { return r.CreatedAt })
}

// UpdatedAt is when its settings last changed.
func (s *Sync) UpdatedAt() (upstream.DateTime, error) {
	return ask(s, func(r *upstream.Sync) upstream.DateTime { return r.UpdatedAt })
}

// Schedule says when Census starts the sync by itself.
func (s *Sync) Schedule() (*upstream.SyncSchedule, error) {
	return ask(s, func(r *upstream.Sync) *upstream.SyncSchedule { return &r.Schedule })
}

// Source names where it reads from.
func (s *Sync) Source() (*upstream.SyncSource, error) {
	return ask(s, func(r *upstream.Sync) *upstream.SyncSource { return &r.Source })
}

// Destination names where it writes to.
func (s *Sync) Destination() (*upstream.SyncDestination, error) {
	return ask(s, func(r *upstream.Sync) *upstream.SyncDestination { return &r.Destination })
}
