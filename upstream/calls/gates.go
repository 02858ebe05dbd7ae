package calls

import (
	"context"
	"errors"
	"time"
)

// hurry is the time below which a timeout shows only that the caller left little time.
const hurry = time.Second

// gates admit each exchange before it is made. All clients made from one by WithToken share
// them.
type gates struct {
	all       places // exchanges under way, of all tokens
	standings standings
	told      func(Throttle)
}

// newGates makes gates for calls concurrent exchanges, of which one token may use ofToken.
// facts makes the facts of a token.
func newGates(calls, ofToken int, facts func(token string) any) *gates {
	calm := min(max(calls/2, LeastMaxCalls), ofToken)
	return &gates{all: make(places, calls), standings: standings{own: ofToken, calm: calm, facts: facts, of: make(map[string]*standing)}}
}

// A pass is the right to make one exchange.
type pass struct {
	ticket ticket
	seat   seat
	began  time.Time
}

// admit waits for the right to make an exchange, or returns why it is denied.
//
// The pauses come first, since a paused call needs no place. The breaker is next, so that no
// call queues for a Census that is down. The bulkhead is last: only exchanges hold its places.
// After the wait for a place, the first two are checked again. They may have changed, and the
// breaker's one probe must be a call that leaves.
func (c *Caller) admit(ctx context.Context, e Endpoint, id int64) (p pass, refused *Error) {
	s, t, thing := c.standing, e.target(id), e.thing(id)
	for {
		paused, open := s.look(t, thing)
		switch {
		case paused > 0:
			if paused > maxRetryAfter || !sleep(ctx, paused) {
				return p, e.refuse(ctx, RateLimited, id, paused, "paused after a 429 from Census")
			}
			continue
		case open > 0:
			return p, e.refuse(ctx, Unavailable, id, open, "the breaker is open: Census failed too often in the last 10 s")
		}
		has, ok := c.gates.place(ctx, s, t)
		if !ok {
			return p, e.refuse(ctx, Busy, id, maxQueue, "too many calls are under way")
		}
		if k, ok := s.begin(t, thing); ok {
			return pass{k, has, time.Now()}, nil
		}
		c.gates.free(s, t, has)
	}
}

// refuse returns the Error of a call that was not made. It may be retried after the given
// time.
func (e Endpoint) refuse(ctx context.Context, kind Kind, id int64, after time.Duration, why notSent) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return e.fail(Canceled, id, ctx.Err())
	}
	err := e.fail(kind, id, why)
	err.RetryAfter = after
	return err
}

// leave ends the exchange of p with its health, and its error or nil.
func (c *Caller) leave(p pass, err *Error, h health) {
	for _, told := range c.standing.end(p.ticket, err, h) {
		told.Tenant = c.tenant
		c.gates.told(told)
	}
	c.gates.free(c.standing, p.ticket.target, p.seat)
}

// attempt makes one exchange as soon as the gates allow it.
func (c *Caller) attempt(ctx context.Context, e Endpoint, id int64, query string, call *Call) (answer Body, err *Error) {
	if c.before != nil {
		end, refusal := c.before(ctx)
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
	defer func() { c.leave(p, err, h) }()
	if call.Tries++; call.Tries == 1 {
		c.standing.budget.call()
	}
	answer, err = c.try(ctx, e, id, query)
	h = healthOf(err, ctx.Err() != nil && time.Since(p.began) < hurry)
	return answer, err
}

// notSent is the cause of a call that was refused here. A retry at once would be refused
// again.
type notSent string

func (n notSent) Error() string { return "not sent: " + string(n) }

func wasNotSent(err *Error) bool {
	_, ok := err.Err.(notSent)
	return ok
}
