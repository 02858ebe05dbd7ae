package answers

import "context"

// A flight is one run of an operation that identical requests may wait for. The Cache's mutex
// guards its fields except over, and except answer after over is closed.
type flight struct {
	key    string
	crowd  int // requests that want the answer, including the one that runs the operation
	cancel context.CancelFunc
	landed bool
	era    int           // of the Cache when it began
	over   chan struct{} // closed once it is known whether there is an answer to share
	answer *answer       // nil if there is none
}

// newFlight returns a flight that no other request can join. c.mu is held.
func (c *Cache) newFlight(key []byte) *flight {
	return &flight{key: string(key), crowd: 1, era: c.era, over: make(chan struct{})}
}

// alone returns a flight for a request that waited in vain.
func (c *Cache) alone(key []byte) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.newFlight(key)
}

// find returns an answer for key, or else a flight. If lead is true, the flight is new and the
// caller must run it.
func (c *Cache) find(key []byte) (a *answer, f *flight, lead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a = c.kept.get(key, c.now()); a != nil {
		return a, nil, false
	}
	if f = c.flights[string(key)]; f != nil {
		if c.waiting >= maxWaiting {
			return nil, c.newFlight(key), true
		}
		c.waiting++
		f.crowd++
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
	case <-f.over:
	case <-ctx.Done():
	}
	c.mu.Lock()
	c.waiting--
	c.mu.Unlock()
	c.leave(f)
	select {
	case <-f.over:
		return f.answer
	default:
		return nil
	}
}

// leave notes that one request no longer wants the answer of f. When no request is left, it
// cancels the run.
func (c *Cache) leave(f *flight) {
	c.mu.Lock()
	f.crowd--
	last := f.crowd == 0
	if last {
		c.ground(f)
	}
	c.mu.Unlock()
	if last {
		f.cancel()
	}
}

// land ends f with an answer, or with nil if there is no answer to share. Only the first call has
// an effect. A fresh answer is kept.
func (c *Cache) land(f *flight, a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.landed {
		return
	}
	f.landed = true
	c.ground(f)
	if a != nil && a.until > 0 && f.era == c.era {
		c.kept.put(a)
	}
	f.answer = a
	close(f.over)
}

// ground prevents further requests from joining f. c.mu is held.
func (c *Cache) ground(f *flight) {
	if c.flights[f.key] == f {
		delete(c.flights, f.key)
	}
}
