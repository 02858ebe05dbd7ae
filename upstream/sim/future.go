package sim

import "slices"

// advance creates the runs that are due by now. It goes through all syncs in the order of
// creation of their runs, so that ids rise with time.
func (c *Census) advance(now int64) {
	for c.due <= now {
		var first *syncState
		at := int64(never)
		c.due = never
		for _, s := range c.syncs {
			switch {
			case s.future == nil:
			case s.future.due < at:
				first, at, c.due = s, s.future.due, at
			case s.future.due < c.due:
				c.due = s.future.due
			}
		}
		if first == nil || at > now {
			c.due = at
			return
		}
		c.createNext(first)
		c.due = min(c.due, first.future.due)
	}
}

// createNext creates the sync's next run and finds the one after it.
func (c *Census) createNext(s *syncState) {
	p := s.future
	w := row{at: p.due}
	if len(p.extras) > 0 && p.extras[0].at == p.due {
		x := p.extras[0]
		w.cause, w.fate, w.full = x.cause, x.fate, x.full
		p.extras = p.extras[1:]
	} else {
		w.cause, w.delay = p.cause, int32(p.due-p.slot)
		hour := p.slot - c.anchor
		w.fate = p.fates[(hour-mod(hour, hourMS))/hourMS]
		w.full = len(s.rows) == 0
		c.maybeAddExtra(s, p.slot)
		c.nextSlot(s, p.slot)
	}
	if w.fate == undecided {
		w.fate = c.chooseFate(s, w.at)
	}
	c.create(s, w)
	c.scheduleNext(s)
}

// nextSlot moves s to the first slot after ms.
func (c *Census) nextSlot(s *syncState, ms int64) {
	p := s.future
	if p.cron == nil {
		p.slot = never
		return
	}
	if p.slot = p.cron.next(ms); p.slot >= p.until {
		p.slot = never
	}
}

// scheduleNext chooses between the next slot and the next extra.
func (c *Census) scheduleNext(s *syncState) {
	p := s.future
	p.due = never
	if p.slot != never {
		p.due = p.slot + c.dice(s.ID, p.slot-c.anchor+2).between(700, p.delay)
	}
	if len(p.extras) > 0 && p.extras[0].at <= p.due {
		p.due = p.extras[0].at
	}
}

// maybeAddExtra sometimes adds a run between two slots, started by a person or a program.
func (c *Census) maybeAddExtra(s *syncState, slot int64) {
	d := c.dice(s.ID, slot-c.anchor+1)
	if s.future.cause == continuously || d.between(1, 170) > 1 {
		return
	}
	x := extra{at: slot + d.between(9*minuteMS, 12*minuteMS)}
	x.cause = pick(d, []cause{byHand, byHand, byCall, byCall, byDryRun})
	x.full = x.cause == byDryRun || d.between(1, 6) == 1
	if x.cause == byDryRun {
		x.fate = clean
	}
	s.future.add(x)
}

// chooseFate decides the fate of a run without a given one.
func (c *Census) chooseFate(s *syncState, at int64) fate {
	if at >= s.future.failsFrom {
		return broken
	}
	d := c.dice(s.ID, at-c.anchor-1)
	switch n := d.between(0, 999); {
	case n < s.future.failureRate:
		return pick(d, []fate{broken, broken, broken, brokenOpen, canceledFinished, canceledBroken})
	case n < s.future.failureRate+35:
		return pick(d, []fate{rejecting, rejecting, rejecting, rejectingCoded})
	}
	return clean
}

// create adds the run, as skipped if an earlier one is still active. It precedes runs whose
// times are in the future, as from a machine with a wrong clock, and follows all others.
func (c *Census) create(s *syncState, w row) *row {
	n := len(s.rows)
	for now := c.nowMS(); n > 0 && s.rows[n-1].at > max(now, w.at); {
		n--
	}
	if n > 0 {
		if last := &s.rows[n-1]; w.at < last.at {
			w.at = last.at
		}
		if w.written == nil && c.hasActiveRun(s, w.at) {
			w.fate = skipped
		}
	}
	w.id = c.nextRun
	c.nextRun += 1 + mod(w.at-c.anchor, 3)
	s.rows = slices.Insert(s.rows, n, w)
	c.runOwners = append(c.runOwners, runOwner{w.id, s.ID})
	return &s.rows[n]
}

// hasActiveRun reports whether a run of the sync is active. Only skipped runs follow an active one.
func (c *Census) hasActiveRun(s *syncState, now int64) bool {
	for i := len(s.rows) - 1; i >= 0; i-- {
		w := &s.rows[i]
		if c.active(s, w, now) {
			return true
		}
		if w.fate != skipped && (w.written == nil || w.written.Status != "skipped") {
			return false
		}
	}
	return false
}
