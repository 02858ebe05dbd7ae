package sim

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

func (c *Census) listSyncs(r *http.Request, v version, now int64) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	syncs := c.visibleSyncs(v)
	row := func(i int) (id, at int64) { return syncs[i].ID, syncs[i].CreatedAt.UnixMilli() }
	return c.list(r, len(syncs), row, func(b []byte, i int) []byte { return c.appendSync(b, syncs[i], v, now) })
}

// visibleSyncs returns the syncs that a version shows, in the order of its list.
func (c *Census) visibleSyncs(v version) []*syncState {
	switch {
	case v == v1 && c.opt.Elsewhere > 0:
		return slices.DeleteFunc(slices.Clone(c.syncs), func(s *syncState) bool { return s.Elsewhere })
	case v == v2 && c.opt.V2.ByGroup:
		return slices.SortedStableFunc(slices.Values(c.syncs), func(a, b *syncState) int {
			return cmp.Compare(c.groupOf(a), c.groupOf(b))
		})
	}
	return c.syncs
}

// visibleSync returns the sync with the id; nil if the version shows no such sync.
func (c *Census) visibleSync(v version, id int64) *syncState {
	if s := c.byID[id]; s != nil && (v == v2 || !s.Elsewhere) {
		return s
	}
	return nil
}

func (c *Census) fetchSync(v version, id, now int64) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	s := c.visibleSync(v, id)
	if s == nil {
		return notFound()
	}
	return success(c.appendSync(nil, s, v, now))
}

func (c *Census) listRuns(r *http.Request, v version, id, now int64) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	s := c.visibleSync(v, id)
	if s == nil {
		return notFound()
	}
	row := func(i int) (id, at int64) { return s.rows[i].id, s.rows[i].at }
	return c.list(r, len(s.rows), row, func(b []byte, i int) []byte { return c.appendRow(b, s, i, now) })
}

func (c *Census) fetchRun(v version, id, now int64) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	s, i := c.find(id)
	if s == nil || v == v1 && s.Elsewhere {
		return notFound()
	}
	return success(c.appendRow(nil, s, i, now))
}

func (c *Census) appendRow(b []byte, s *syncState, i int, now int64) []byte {
	run := c.runAt(s, &s.rows[i], now)
	if c.opt.StepWhenDone && run.Step == "" && run.Status == "completed" {
		run.Step = steps[0]
	}
	return appendRun(b, &run)
}

// trigger starts a run, which continues as time passes. While an earlier run is active, the
// new one is skipped (Census API reference, sync run status).
func (c *Census) trigger(v version, id, now int64, full bool) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	s := c.visibleSync(v, id)
	if s == nil {
		return notFound()
	}
	run := c.create(s, row{at: now, cause: byCall, fate: clean, full: full})
	return success([]byte(`{"sync_run_id":` + strconv.FormatInt(run.id, 10) + `}`))
}

// cancel ends an active run. A run that has ended does not change; Census's answer to that is
// not documented.
func (c *Census) cancel(v version, id, now int64) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	s, i := c.find(id)
	if s == nil || v == v1 && s.Elsewhere {
		return notFound()
	}
	if w := &s.rows[i]; c.active(s, w, now) {
		c.write(s, w, now, func(r *Run) {
			r.Status, r.Canceled, r.Step = c.opt.CanceledStatus, true, ""
			r.CompletedAt = clock(max(now, w.at))
			r.UpdatedAt = r.CompletedAt.Add(time.Millisecond)
		})
	}
	return ok([]byte(`{"status":"cancelled","data":{}}`))
}
