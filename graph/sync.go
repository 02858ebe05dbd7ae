package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// A Node is a *Sync or an *census.SyncRun.
type Node any

// A Sync is what the graph answers a sync from: its id, and its record, which is read
// if something is asked that only the record tells. If that fails, each field that
// needs the record fails for itself and the others are answered.
type Sync struct {
	ID     census.SyncID
	record *census.Sync
	err    error
	// required tells that the sync is null as a whole if its record is asked for and
	// cannot be read.
	required bool
	// verdict is there in lists ordered by health.
	verdict *verdict
}

// ask asks for the record of s. When it is read, got takes it.
func (s *Sync) ask(ctx context.Context) (got func()) {
	if s.record != nil || s.err != nil {
		return func() {}
	}
	record := loadersOf(ctx).syncs.ask(s.ID)
	return func() { s.record, s.err = record.Get() }
}

// loadSyncs reads the records of objs, which are syncs.
func loadSyncs(ctx context.Context, objs []any) exec.Calls {
	return exec.Call(objs, func(struct{}) any { return nil }, func(obj any) exec.Later[struct{}] {
		s := obj.(*Sync)
		if s.record != nil {
			return exec.Value(struct{}{}, nil)
		}
		record := loadersOf(ctx).syncs.ask(s.ID)
		return exec.Then(func() exec.Later[struct{}] {
			if s.record, s.err = record.Get(); s.required {
				return exec.Value(struct{}{}, s.err)
			}
			return exec.Value(struct{}{}, nil)
		})
	})
}

// runsNewestFirst is the direction of a list of runs: newest first unless asked otherwise.
func runsNewestFirst(o *SyncRunOrder) bool { return o == nil || o.Direction == OrderDirectionDesc }

// runsOf pages through the runs of a sync.
func runsOf(ctx context.Context, id census.SyncID, filter *stats.Filter, newestFirst bool, page pageArgs) exec.Later[*SyncRunConnection] {
	list := runList(id, newestFirst)
	w, err := page.window(list, newestFirst)
	if err != nil {
		return exec.Value[*SyncRunConnection](nil, err)
	}
	if filter != nil && !filter.MatchesEverything() {
		return filteredRuns(ctx, id, filter, list, newestFirst, w, page)
	}
	return exec.After(loadersOf(ctx).slices.ask(stretch{sync: id, window: w}), func(slice paging.Slice[census.SyncRun]) (*SyncRunConnection, error) {
		return &SyncRunConnection{list: list, newestFirst: newestFirst, page: page, window: w, slice: slice}, nil
	})
}

// latest is the window of a sync's newest run.
var latest = paging.Window{Limit: 1}

// latestRunOf is the newest run of a sync; nil if it has none.
func latestRunOf(ctx context.Context, id census.SyncID) exec.Later[*census.SyncRun] {
	return exec.After(loadersOf(ctx).slices.ask(stretch{sync: id, window: latest}), func(slice paging.Slice[census.SyncRun]) (*census.SyncRun, error) {
		if len(slice.Rows) == 0 {
			return nil, nil
		}
		return &slice.Rows[0], nil
	})
}

// told is what the record of s tells.
func told[T any](s *Sync, what func(*census.Sync) T) (v T, err error) {
	if s.record == nil {
		return v, s.err
	}
	return what(s.record), nil
}

// Label is null where nobody named the sync.
func (s *Sync) Label() (*string, error) {
	return told(s, func(r *census.Sync) *string { return r.Label })
}

// Operation says how rows are written.
func (s *Sync) Operation() (*string, error) {
	return told(s, func(r *census.Sync) *string { return r.Operation })
}

// Paused tells whether the schedule is switched off.
func (s *Sync) Paused() (*bool, error) {
	return told(s, func(r *census.Sync) *bool { return &r.Paused })
}

// Status is what Census says of the sync as a whole.
func (s *Sync) Status() (*census.SyncStatus, error) {
	return told(s, func(r *census.Sync) *census.SyncStatus { return &r.Status })
}

// CreatedAt is when the sync was set up.
func (s *Sync) CreatedAt() (census.DateTime, error) {
	return told(s, func(r *census.Sync) census.DateTime { return r.CreatedAt })
}

// UpdatedAt is when its settings last changed.
func (s *Sync) UpdatedAt() (census.DateTime, error) {
	return told(s, func(r *census.Sync) census.DateTime { return r.UpdatedAt })
}

// Schedule says when Census starts the sync by itself.
func (s *Sync) Schedule() (*census.SyncSchedule, error) {
	return told(s, func(r *census.Sync) *census.SyncSchedule { return &r.Schedule })
}

// Triggers are what starts it.
func (s *Sync) Triggers() ([]string, error) {
	return told(s, func(r *census.Sync) []string { return r.Triggers })
}

// Source names where it reads from.
func (s *Sync) Source() (*census.SyncSource, error) {
	return told(s, func(r *census.Sync) *census.SyncSource { return &r.Source })
}

// Destination names where it writes to.
func (s *Sync) Destination() (*census.SyncDestination, error) {
	return told(s, func(r *census.Sync) *census.SyncDestination { return &r.Destination })
}
