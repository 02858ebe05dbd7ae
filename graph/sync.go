package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/upstream/census"
)

// A Node is a *Sync, a *census.SyncRun or a *Group.
type Node any

// A Sync resolves the fields of a sync. It has the id, and the record once a field needs it. If
// the record cannot be read, each field that needs it fails on its own, and the others are
// answered.
type Sync struct {
	ID     census.SyncID
	record *census.Sync
	err    error
	// required says that the whole sync is null if its record is requested and cannot be read.
	required bool
	// healthResult is set in lists that need the health of their syncs.
	healthResult *healthResult
}

// requestRecord requests the record of s. Call got after the loaders have read.
func (s *Sync) requestRecord(ctx context.Context) (got func()) {
	if s.record != nil || s.err != nil {
		return func() {}
	}
	record := loadersOf(ctx).syncs.load(s.ID)
	return func() { s.record, s.err = record.Get() }
}

// loadRecords loads the records of objs, which must be syncs.
func loadRecords(ctx context.Context, objs []any) exec.Calls {
	return exec.Call(objs, func(struct{}) any { return nil }, func(obj any) exec.Later[struct{}] {
		s := obj.(*Sync)
		if s.record != nil {
			return exec.Value(struct{}{}, nil)
		}
		record := loadersOf(ctx).syncs.load(s.ID)
		return exec.Then(func() exec.Later[struct{}] {
			if s.record, s.err = record.Get(); s.required {
				return exec.Value(struct{}{}, s.err)
			}
			return exec.Value(struct{}{}, nil)
		})
	})
}

// fromRecord returns a value from the record of s.
func fromRecord[T any](s *Sync, what func(*census.Sync) T) (v T, err error) {
	if s.record == nil {
		return v, s.err
	}
	return what(s.record), nil
}

// Label returns the name of the sync; nil if it has none.
func (s *Sync) Label() (*string, error) {
	return fromRecord(s, func(r *census.Sync) *string { return r.Label })
}

// Operation returns how rows are written.
func (s *Sync) Operation() (*string, error) {
	return fromRecord(s, func(r *census.Sync) *string { return r.Operation })
}

// Paused reports whether the schedule is disabled.
func (s *Sync) Paused() (*bool, error) {
	return fromRecord(s, func(r *census.Sync) *bool { return &r.Paused })
}

// Status returns Census's status of the sync as a whole.
func (s *Sync) Status() (*census.SyncStatus, error) {
	return fromRecord(s, func(r *census.Sync) *census.SyncStatus { return &r.Status })
}

// CreatedAt returns when the sync was created.
func (s *Sync) CreatedAt() (census.DateTime, error) {
	return fromRecord(s, func(r *census.Sync) census.DateTime { return r.CreatedAt })
}

// UpdatedAt returns when its settings last changed.
func (s *Sync) UpdatedAt() (census.DateTime, error) {
	return fromRecord(s, func(r *census.Sync) census.DateTime { return r.UpdatedAt })
}

// Schedule returns when Census starts the sync.
func (s *Sync) Schedule() (*census.SyncSchedule, error) {
	return fromRecord(s, func(r *census.Sync) *census.SyncSchedule { return &r.Schedule })
}

// Triggers returns what starts the sync.
func (s *Sync) Triggers() ([]string, error) {
	return fromRecord(s, func(r *census.Sync) []string { return r.Triggers })
}

// Source returns where the sync reads from.
func (s *Sync) Source() (*census.SyncSource, error) {
	return fromRecord(s, func(r *census.Sync) *census.SyncSource { return &r.Source })
}

// Destination returns where the sync writes to.
func (s *Sync) Destination() (*census.SyncDestination, error) {
	return fromRecord(s, func(r *census.Sync) *census.SyncDestination { return &r.Destination })
}
