package sim

func (c *Census) timing(s *syncState, w *row, d *dice) timing {
	seconds := int64(45)
	if s.future != nil {
		seconds = s.future.seconds
	}
	if w.full {
		seconds *= 3
	}
	var k timing
	k.started = w.at + d.between(2, 9)*1000 + d.between(0, 999)
	k.ended = k.started + seconds*d.between(700, 1300)
	k.settled = k.ended + d.between(79, 221)*1000 // updated_at moves this long after completed_at (seen on the wire)
	return k
}

// active reports whether the run is queued or working at a time.
func (c *Census) active(s *syncState, w *row, now int64) bool {
	switch {
	case w.written != nil:
		return w.written.active()
	case w.fate == skipped || w.fate == undocumented:
		return false
	}
	return w.fate == stuck || now < c.timing(s, w, c.dice(s.ID, w.at-c.anchor)).ended
}

// runAt returns the run as it is at a time.
func (c *Census) runAt(s *syncState, w *row, now int64) Run {
	if w.written != nil {
		return *w.written
	}
	d := c.dice(s.ID, w.at-c.anchor)
	k := c.timing(s, w, d)
	r := Run{
		ID: w.id, SyncID: s.ID,
		CreatedAt: clock(w.at), UpdatedAt: clock(w.at),
		FullSync: w.full, Counts: noCounts,
	}
	r.setReason(w, d)
	n := c.countsOf(s, w, d)
	switch {
	case w.fate == skipped:
		r.Status = "skipped"
	case w.fate == undocumented:
		r.Status = "awaiting_capacity"
	case now < k.started:
		r.Status, r.Step = "queued", steps[0]
	case w.fate == stuck:
		r.setProgress(n, min(now, k.started+(k.ended-k.started)*6/10), k)
	case now < k.ended:
		r.setProgress(n, now, k)
	default:
		r.finish(w.fate, n, now, k, d, s.future)
	}
	return r
}
