package observe

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// A Probe asks whether something the gateway stands on can be used.
type Probe struct {
	Name  string                      // as /readyz shows it
	Check func(context.Context) error // ends with its context; the error goes to the log only
}

// A check is a Probe with a memory: it asks at most once in a while, one at a
// time, and does not wait for longer than its timeout.
type check struct {
	Probe
	timeout, remember time.Duration
	log               *slog.Logger

	turn    chan struct{} // holds one value while nobody asks; guards the rest
	asked   time.Time     // when ok was learnt; zero: never
	ok      bool
	running chan error // of a probe that has not come back; nil if none
}

func newCheck(p Probe, timeout, remember time.Duration, log *slog.Logger) *check {
	c := &check{Probe: p, timeout: timeout, remember: remember, log: log, turn: make(chan struct{}, 1)}
	c.turn <- struct{}{}
	return c
}

// answer tells whether the probe succeeds, or did a short while ago. Those who
// ask meanwhile wait for the same answer, or until ctx ends.
func (c *check) answer(ctx context.Context) bool {
	select {
	case <-c.turn:
		defer func() { c.turn <- struct{}{} }()
	case <-ctx.Done():
		return false
	}
	if !c.asked.IsZero() && time.Since(c.asked) < c.remember {
		return c.ok
	}
	err := c.ask()
	if err != nil {
		c.log.Warn("readiness probe failed", "probe", c.Name, "error", err.Error())
	}
	c.asked, c.ok = time.Now(), err == nil
	return c.ok
}

// ask runs the probe, or goes on waiting for one that outlived its context: a
// probe that hangs is asked once, not once for every request.
func (c *check) ask() error {
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	if c.running == nil {
		done := make(chan error, 1)
		c.running = done
		go func() { done <- c.run(ctx) }()
	}
	select {
	case err := <-c.running:
		c.running = nil
		return err
	case <-ctx.Done():
		// One that ends with its context is about to come back.
		select {
		case err := <-c.running:
			c.running = nil
			return err
		case <-time.After(10 * time.Millisecond):
			return ctx.Err()
		}
	}
}

func (c *check) run(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return c.Check(ctx)
}
