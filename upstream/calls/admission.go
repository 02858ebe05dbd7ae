package calls

import (
	"context"
	"errors"
	"time"
)

// shortTimeout is the time below which a timeout shows only that the caller left little time.
const shortTimeout = time.Second

// An admission is the right to make one exchange.
type admission struct {
	ticket ticket
	held   heldSlots
	began  time.Time
}

// admit waits for the right to make an exchange, or returns why it is denied.
//
// The pauses come first, since a paused call needs no slot. The breaker is next, so that no
// call queues for a Census that is down. The bulkhead is last: only exchanges hold its slots.
// After the wait for a slot, the first two are checked again. They may have changed, and the
// breaker's one probe must be a call that starts.
func (c *Caller) admit(ctx context.Context, e Endpoint, id int64) (p admission, refused *Error) {
	s, t, pauseTarget := c.standing, e.target(id), e.pauseTarget(id)
	for {
		paused, open := s.wait(t, pauseTarget)
		switch {
		case paused > 0:
			if paused > maxRetryAfter || !sleep(ctx, paused) {
				return p, e.reject(ctx, RateLimited, id, paused, "paused after a 429 from Census")
			}
			continue
		case open > 0:
			return p, e.reject(ctx, Unavailable, id, open, "the breaker is open: Census failed too often in the last 10 s")
		}
		has, ok := c.gates.acquire(ctx, s, t)
		if !ok {
			return p, e.reject(ctx, Busy, id, maxQueue, "too many calls are under way")
		}
		if k, ok := s.begin(t, pauseTarget); ok {
			return admission{k, has, time.Now()}, nil
		}
		c.gates.release(s, t, has)
	}
}

// reject returns the Error of a call that was not made. It may be retried after the given
// time.
func (e Endpoint) reject(ctx context.Context, kind Kind, id int64, after time.Duration, why notSent) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return e.fail(Canceled, id, ctx.Err())
	}
	err := e.fail(kind, id, why)
	err.RetryAfter = after
	return err
}

// finish ends the exchange of p with its health, and its error or nil.
func (c *Caller) finish(p admission, err *Error, h health) {
	for _, throttles := range c.standing.end(p.ticket, err, h) {
		throttles.Tenant = c.tenant
		c.gates.onThrottle(throttles)
	}
	c.gates.release(c.standing, p.ticket.target, p.held)
}

// attempt makes one exchange as soon as the gates allow it.
func (c *Caller) attempt(ctx context.Context, e Endpoint, id int64, query string, call *Call) (answer Body, err *Error) {
	if c.permit != nil {
		end, refusal := c.permit(ctx)
		if refusal != nil {
			return Body{}, e.fail(Busy, id, notSent(refusal.Error()))
		}
		defer end()
	}
	p, err := c.admit(ctx, e, id)
	if err != nil {
		return Body{}, err
	}
	h := unknownHealth // if try panics
	defer func() { c.finish(p, err, h) }()
	if call.Tries++; call.Tries == 1 {
		c.standing.budget.call()
	}
	answer, err = c.try(ctx, e, id, query)
	h = healthOf(err, ctx.Err() != nil && time.Since(p.began) < shortTimeout)
	return answer, err
}
