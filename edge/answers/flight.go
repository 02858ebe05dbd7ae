package answers

import "context"

// A flight is one run of an operation that others asking the same may wait for.
// Its fields are guarded by the Cache's mutex but for over, and for answer once
// over is closed.
type flight struct {
	key    string
	crowd  int // how many still want the answer, who runs it included
	cancel context.CancelFunc
	landed bool
	over   chan struct{} // closed when it is known whether there is an answer to share
	answer *answer       // nil if there is none
}

// begin makes a flight that nobody else can board. c.mu is held.
func (c *Cache) begin(key []byte) *flight {
	return &flight{key: string(key), crowd: 1, over: make(chan struct{})}
}

// alone is a flight for who waited in vain.
func (c *Cache) alone(key []byte) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.begin(key)
}

// find looks for what answers key: an answer, or else a flight. The flight is
// new, and the caller's to run, where lead is true.
func (c *Cache) find(key []byte) (a *answer, f *flight, lead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a = c.kept.get(key, c.now()); a != nil {
		return a, nil, false
	}
	if f = c.flights[string(key)]; f != nil {
		if c.waiting >= maxWaiting {
			return nil, c.begin(key), true
		}
		c.waiting++
		f.crowd++
		return nil, f, false
	}
	f = c.begin(key)
	c.flights[f.key] = f
	return nil, f, true
}

// await waits for f to be over, and returns its answer: nil if there is none to
// share, or if ctx ended first.
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

// leave notes that one less wants the answer of f. Nobody left, its run is
// cancelled.
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

// land ends f with an answer, or with nil if there is none to share. Only the
// first time counts. An answer that is good for some time is kept.
func (c *Cache) land(f *flight, a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.landed {
		return
	}
	f.landed = true
	c.ground(f)
	if a != nil && a.until > 0 {
		c.kept.put(a)
	}
	f.answer = a
	close(f.over)
}

// ground keeps more from boarding f. c.mu is held.
func (c *Cache) ground(f *flight) {
	if c.flights[f.key] == f {
		delete(c.flights, f.key)
	}
}
