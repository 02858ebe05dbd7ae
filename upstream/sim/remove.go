package sim

import "slices"

// Prune removes the n oldest runs of a sync.
func (c *Census) Prune(syncID int64, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(c.nowMS())
	if s := c.byID[syncID]; s != nil {
		s.rows = slices.Delete(s.rows, 0, min(n, len(s.rows)))
	}
}

// RemoveRun removes one run and reports whether it existed.
func (c *Census) RemoveRun(id int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(c.nowMS())
	s, i := c.find(id)
	if s == nil {
		return false
	}
	s.rows = slices.Delete(s.rows, i, i+1)
	return true
}

// RemoveSync removes a sync and its runs, and reports whether it existed.
func (c *Census) RemoveSync(id int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(c.nowMS())
	s := c.byID[id]
	if s == nil {
		return false
	}
	delete(c.byID, id)
	c.syncs = slices.DeleteFunc(c.syncs, func(t *syncState) bool { return t == s })
	return true
}
