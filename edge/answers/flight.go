package answers

import "context"

// newFlight returns a flight that no other request can join. c.mu is held.
func (c *Cache) newFlight(key []byte) *flight {
	return &flight{key: string(key), waiters: 1, generation: c.generation, done: make(chan struct{})}
}

// soloFlight returns a flight for a request that waited for an answer that was not shareable.
func (c *Cache) soloFlight(key []byte) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.newFlight(key)
}

// lookup returns an answer for key, or else a flight. If lead is true, the flight is new and the
// caller must run it.
func (c *Cache) lookup(key []byte) (a *answer, f *flight, lead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a = c.store.get(key, c.now()); a != nil {
		return a, nil, false
	}
	if f = c.flights[string(key)]; f != nil {
		if c.waiting >= maxWaiting {
			return nil, c.newFlight(key), true
		}
		c.waiting++
		f.waiters++
		return nil, f, false
	}
	f = c.newFlight(key)
	c.flights[f.key] = f
	return nil, f, true
}

// await waits for f to end and returns its answer; nil if there is no answer to share, or if ctx
// ended first.
func (c *Cache) await(ctx context.Context, f *flight) *answer {
	select {
	case <-f.done:
	case <-ctx.Done():
	}
	c.mu.Lock()
	c.waiting--
	c.mu.Unlock()
	c.abandon(f)
	select {
	case <-f.done:
		return f.answer
	default:
		return nil
	}
}

// abandon notes that one request no longer wants the answer of f. When no request is left, it
// cancels the run.
func (c *Cache) abandon(f *flight) {
	c.mu.Lock()
	f.waiters--
	last := f.waiters == 0
	if last {
		c.closeToOthers(f)
	}
	c.mu.Unlock()
	if last {
		f.cancel()
	}
}

// finish ends f with an answer, or with nil if there is no answer to share. Only the first call has
// an effect. A fresh answer is kept.
func (c *Cache) finish(f *flight, a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.finished {
		return
	}
	f.finished = true
	c.closeToOthers(f)
	if a != nil && a.until > 0 && f.generation == c.generation {
		c.store.put(a)
	}
	f.answer = a
	close(f.done)
}

// closeToOthers prevents further requests from joining f. c.mu is held.
func (c *Cache) closeToOthers(f *flight) {
	if c.flights[f.key] == f {
		delete(c.flights, f.key)
	}
}
