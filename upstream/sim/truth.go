package sim

// Runs returns the current runs of a sync, oldest first; nil if there is no such sync.
func (c *Census) Runs(syncID int64) []Run {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.nowMS()
	c.advance(now)
	s := c.byID[syncID]
	if s == nil {
		return nil
	}
	runs := make([]Run, len(s.rows))
	for i := range s.rows {
		runs[i] = c.runAt(s, &s.rows[i], now)
	}
	return runs
}

// Syncs returns the current syncs, oldest first.
func (c *Census) Syncs() []Sync {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.nowMS()
	c.advance(now)
	syncs := make([]Sync, len(c.syncs))
	for i, s := range c.syncs {
		syncs[i] = s.Sync
		syncs[i].Status = c.syncStatus(s, now)
	}
	return syncs
}
