package redis

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

// A state says whether Redis is used. A timeout may be this process's own, since it is busy: uses
// pause for a moment, so that no answer waits several times, and longer after each further timeout
// in a row. After maxTimeouts of them, and at once after any other failure, Redis is down. Uses
// begin again when it answers.
type state struct {
	up       atomic.Bool
	timeouts atomic.Int32
	paused   atomic.Int64 // until when, in ns since 1970
	least    atomic.Int64 // how far the clock of Redis is ahead, in ns: at least
	most     atomic.Int64 // and at most
}

const (
	maxTimeouts = 4
	firstPause  = 25 * time.Millisecond // the next ones are four times as long as the one before
)

// usable reports whether an answer may wait for Redis now.
func (s *state) usable() bool { return s.up.Load() && time.Now().UnixNano() >= s.paused.Load() }

// ends records the result of a use and reports whether Redis is down since then.
func (s *state) ends(err error) bool {
	if err == nil {
		s.timeouts.Store(0)
		return false
	}
	if errors.Is(err, context.DeadlineExceeded) && time.Now().UnixNano() < s.paused.Load() {
		return false // it waited at the same time as another
	}
	if n := s.timeouts.Add(1); errors.Is(err, context.DeadlineExceeded) && n < maxTimeouts {
		s.paused.Store(time.Now().Add(firstPause << (2 * (n - 1))).UnixNano())
		return false
	}
	return s.up.Swap(false)
}

// begins records that Redis has answered, and reports whether uses begin.
func (s *state) begins() bool {
	if s.up.Swap(true) {
		return false
	}
	s.timeouts.Store(0)
	s.paused.Store(0)
	return true
}

// Up reports whether Redis is used.
func (c *Client) Up() bool { return c.state.up.Load() }

// Clock returns how far the clock of Redis is ahead of the local one: at least, and at most.
func (c *Client) Clock() (least, most time.Duration) {
	return time.Duration(c.state.least.Load()), time.Duration(c.state.most.Load())
}

// How often Redis is asked for its time.
const (
	whileUp   = time.Second
	whileDown = 250 * time.Millisecond
)

// slow is how many timeouts a Redis may take to say its time and still be used: this process may be
// busy.
const slow = 10

const alone = "Redis is down or slow: this gateway goes on alone"

// watch asks Redis for its time until ctx ends. That shows whether it answers, and by how much its
// clock differs.
func (c *Client) watch(ctx context.Context) {
	for first := true; ; first = false {
		switch err := c.look(ctx); {
		case err == nil && c.state.begins():
			c.log.Info("Redis answers")
		case err != nil && ctx.Err() == nil && (c.state.up.Swap(false) || first):
			c.log.Warn(alone, "error", err)
		}
		wait := whileDown
		if c.Up() {
			wait = whileUp
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

var errSlow = errors.New("redis answers too slowly")

func (c *Client) look(ctx context.Context) error {
	r := c.redis.Load()
	if r == nil {
		client, err := rueidis.NewClient(c.option)
		if err != nil {
			return err
		}
		r = &client
		c.redis.Store(r)
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	began := time.Now()
	told, err := (*r).Do(limited, (*r).B().Time().Build()).AsStrSlice()
	ended := time.Now()
	if err != nil || len(told) != 2 {
		return errors.Join(errors.New("asked for its time"), err)
	}
	seconds, err := strconv.ParseInt(told[0], 10, 64)
	micros, err2 := strconv.ParseInt(told[1], 10, 64)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	at := time.Unix(seconds, micros*1000)
	c.state.least.Store(int64(at.Sub(ended)))
	c.state.most.Store(int64(at.Sub(began)))
	if ended.Sub(began) > slow*c.timeout {
		return errSlow
	}
	return nil
}
