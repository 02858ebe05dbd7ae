package sim

import (
	"cmp"
	"slices"
	"time"
)

// AddSync adds a sync and returns its id. Zero fields get realistic values. If the id is in
// use, the sync gets the next free one. An added sync starts no runs by itself.
func (c *Census) AddSync(s Sync) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(c.nowMS())
	return c.addSync(s).ID
}

func (c *Census) addSync(s Sync) *syncState {
	if s.ID <= 0 || c.byID[s.ID] != nil {
		s.ID = c.nextSync
	}
	c.nextSync = max(c.nextSync, s.ID+1)
	s.SourceID = cmp.Or(s.SourceID, sources[s.ID%int64(len(sources))].id)
	s.DestinationID = cmp.Or(s.DestinationID, destinations[s.ID%int64(len(destinations))].id)
	s.DestinationObject = cmp.Or(s.DestinationObject, "Contact")
	s.Operation = cmp.Or(s.Operation, "upsert")
	if !s.RawSchedule {
		s.Frequency = cmp.Or(s.Frequency, "hourly")
		switch s.Frequency {
		case "weekly":
			s.Day = cmp.Or(s.Day, "Monday")
		case "expression":
			s.Cron = cmp.Or(s.Cron, "*/20 * * * *")
		}
	}
	if s.NoLabel {
		s.Label = ""
	} else if s.Label == "" {
		s.Label = "Contacts → " + nameOf(destinations, s.DestinationID)
	}
	if s.CreatedAt.IsZero() {
		s.CreatedAt = clock(c.nowMS())
	}
	if s.UpdatedAt.IsZero() {
		s.UpdatedAt = s.CreatedAt
	}
	s.CreatedAt, s.UpdatedAt = toMilliseconds(s.CreatedAt), toMilliseconds(s.UpdatedAt)
	state := &syncState{Sync: s}
	i, _ := slices.BinarySearchFunc(c.syncs, state, func(a, b *syncState) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	c.syncs = slices.Insert(c.syncs, i, state)
	c.byID[s.ID] = state
	return state
}

// AddRun creates a run of a sync and returns its id, or 0 if there is no such sync.
//
// A zero CreatedAt is now; a time before the sync's newest run becomes that run's time. A zero
// status is completed. A completed run gets realistic times, and realistic counts if all its
// counts are zero. With another status, zero counts and a zero CompletedAt are null. Runs
// added by AddRun do not change by themselves.
func (c *Census) AddRun(syncID int64, r Run) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.nowMS()
	c.advance(now)
	s := c.byID[syncID]
	if s == nil {
		return 0
	}
	at := now
	if !r.CreatedAt.IsZero() {
		at = r.CreatedAt.UnixMilli()
	}
	w := c.create(s, row{at: at, written: &r})
	r.ID, r.SyncID = w.id, s.ID
	r.fill(w.at, now, c.dice(s.ID, w.id))
	return r.ID
}

// fill gives zero fields realistic values, none of them after now.
func (r *Run) fill(at, now int64, d *dice) {
	r.CreatedAt, r.ScheduledAt = clock(at), toMilliseconds(r.ScheduledAt)
	r.Status = cmp.Or(r.Status, "completed")
	if r.Tag == "" && !r.NoReason {
		r.Tag = "API Request"
		r.Detail = cmp.Or(r.Detail, "Sync was triggered by an API request")
	}
	now = max(now, at)
	if r.Status == "completed" && r.CompletedAt.IsZero() {
		r.CompletedAt = clock(min(at+d.between(36_000, 53_000), now))
	}
	r.CompletedAt = toMilliseconds(r.CompletedAt)
	if r.UpdatedAt.IsZero() {
		r.UpdatedAt = r.CreatedAt
		if !r.CompletedAt.IsZero() {
			r.UpdatedAt = clock(min(r.CompletedAt.UnixMilli()+d.between(79_000, 221_000), max(now, r.CompletedAt.UnixMilli())))
		}
	}
	r.UpdatedAt = toMilliseconds(r.UpdatedAt)
	if r.Counts == (Counts{}) {
		r.Counts = noCounts
		if r.Status == "completed" {
			n := d.between(20, 400)
			r.Counts = Counts{Source: 1500, Updates: n, Processed: n, Updated: n}
		}
	}
}

// UpdateRun changes a run in place and reports whether it exists. From then on, the run does
// not change by itself. ID, SyncID and CreatedAt stay as they are. f must not call the Census.
func (c *Census) UpdateRun(id int64, f func(*Run)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.nowMS()
	c.advance(now)
	s, i := c.find(id)
	if s == nil {
		return false
	}
	c.write(s, &s.rows[i], now, f)
	return true
}

// UpdateSync changes the settings of a sync in place and reports whether it exists. ID and
// CreatedAt stay as they are. f must not call the Census.
func (c *Census) UpdateSync(id int64, f func(*Sync)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(c.nowMS())
	s := c.byID[id]
	if s == nil {
		return false
	}
	created := s.CreatedAt
	f(&s.Sync)
	s.ID, s.CreatedAt, s.UpdatedAt = id, created, toMilliseconds(s.UpdatedAt)
	return true
}

func (c *Census) write(s *syncState, w *row, now int64, f func(*Run)) {
	r := c.runAt(s, w, now)
	f(&r)
	r.ID, r.SyncID, r.CreatedAt = w.id, s.ID, clock(w.at)
	r.UpdatedAt, r.CompletedAt, r.ScheduledAt = toMilliseconds(r.UpdatedAt), toMilliseconds(r.CompletedAt), toMilliseconds(r.ScheduledAt)
	w.written = &r
}

// find returns the sync that has the run, and the run's place in it; nil if the run does not
// exist.
func (c *Census) find(id int64) (*syncState, int) {
	i, ok := slices.BinarySearchFunc(c.runOwners, id, func(h runOwner, id int64) int { return cmp.Compare(h.run, id) })
	if !ok {
		return nil, 0
	}
	s := c.byID[c.runOwners[i].sync]
	if s == nil {
		return nil, 0
	}
	i, ok = slices.BinarySearchFunc(s.rows, id, func(w row, id int64) int { return cmp.Compare(w.id, id) })
	if !ok { // if a run was ahead of the clock, ids do not rise
		i = slices.IndexFunc(s.rows, func(w row) bool { return w.id == id })
	}
	if i < 0 {
		return nil, 0
	}
	return s, i
}

// toMilliseconds truncates a time to the milliseconds that Census keeps; zero stays zero.
func toMilliseconds(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return clock(t.UnixMilli())
}
