package sim

import (
	"net/http"
	"strconv"
	"time"
)

func (c *Census) listSyncs(r *http.Request, now int64) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	row := func(i int) (id, at int64) { return c.syncs[i].ID, c.syncs[i].CreatedAt.UnixMilli() }
	return c.list(r, len(c.syncs), row, func(b []byte, i int) []byte { return c.appendSync(b, c.syncs[i], now) })
}

func (c *Census) fetchSync(id, now int64) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	s := c.byID[id]
	if s == nil {
		return notFound()
	}
	return success(c.appendSync(nil, s, now))
}

func (c *Census) listRuns(r *http.Request, id, now int64) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	s := c.byID[id]
	if s == nil {
		return notFound()
	}
	row := func(i int) (id, at int64) { return s.rows[i].id, s.rows[i].at }
	return c.list(r, len(s.rows), row, func(b []byte, i int) []byte { return c.appendRow(b, s, i, now) })
}

func (c *Census) fetchRun(id, now int64) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	s, i := c.find(id)
	if s == nil {
		return notFound()
	}
	return success(c.appendRow(nil, s, i, now))
}

func (c *Census) appendRow(b []byte, s *syncState, i int, now int64) []byte {
	run := c.tell(s, &s.rows[i], now)
	if c.opt.StepWhenDone && run.Step == "" && run.Status == "completed" {
		run.Step = steps[0]
	}
	return appendRun(b, &run)
}

// trigger starts a run, which goes on as time passes. While an earlier one is
// active the new one is skipped (Census API reference, sync run status).
func (c *Census) trigger(id, now int64, full bool) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	s := c.byID[id]
	if s == nil {
		return notFound()
	}
	run := c.create(s, row{at: now, cause: byCall, fate: clean, full: full})
	return success([]byte(`{"sync_run_id":` + strconv.FormatInt(run.id, 10) + `}`))
}

// cancel ends an active run. Of a run that ended nothing changes; what Census
// says then is not documented.
func (c *Census) cancel(id, now int64) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	s, i := c.find(id)
	if s == nil {
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
