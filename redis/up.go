package redis

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

// A state records whether Redis is used. A timeout may be caused by this process, when it is busy.
// So after a timeout, commands pause for a moment, which also keeps an answer from waiting several
// times. The pause grows with each further timeout in a row. After maxTimeouts in a row, or after
// any other failure, Redis is considered down. It is used again as soon as it answers.
type state struct {
	up          atomic.Bool
	timeouts    atomic.Int32
	pausedUntil atomic.Int64 // end of the pause, in ns since 1970
	minAhead    atomic.Int64 // minimum by which Redis's clock is ahead, in ns
	maxAhead    atomic.Int64 // maximum
}

const (
	maxTimeouts = 4
	firstPause  = 25 * time.Millisecond // each further pause is four times as long
)

// usable reports whether a command may be sent now.
func (s *state) usable() bool { return s.up.Load() && time.Now().UnixNano() >= s.pausedUntil.Load() }

// fail records the error of a command, nil for success. It reports whether Redis is down from now
// on.
func (s *state) fail(err error) bool {
	if err == nil {
		s.timeouts.Store(0)
		return false
	}
	if errors.Is(err, context.DeadlineExceeded) && time.Now().UnixNano() < s.pausedUntil.Load() {
		return false // it ran at the same time as one that timed out
	}
	if n := s.timeouts.Add(1); errors.Is(err, context.DeadlineExceeded) && n < maxTimeouts {
		s.pausedUntil.Store(time.Now().Add(firstPause << (2 * (n - 1))).UnixNano())
		return false
	}
	return s.up.Swap(false)
}

// succeed records that Redis answered a ping. It reports whether Redis was down before.
func (s *state) succeed() bool {
	if s.up.Swap(true) {
		return false
	}
	s.timeouts.Store(0)
	s.pausedUntil.Store(0)
	return true
}

// Up reports whether Redis is used.
func (c *Client) Up() bool { return c.state.up.Load() }

// Clock returns the minimum and maximum by which Redis's clock is ahead of the local one.
func (c *Client) Clock() (least, most time.Duration) {
	return time.Duration(c.state.minAhead.Load()), time.Duration(c.state.maxAhead.Load())
}

// Time between pings, while Redis is up and while it is down. A ping is the command TIME.
const (
	pingEvery     = time.Second
	pingEveryDown = 250 * time.Millisecond
)

// maxPingTimeouts is the maximum time of a ping, as a multiple of the timeout. It is large because
// this process may be busy.
const maxPingTimeouts = 10

const downMessage = "Redis is down or slow; continuing without it"

// watch pings Redis until ctx ends. A ping shows whether Redis answers, and how far its clock
// differs.
func (c *Client) watch(ctx context.Context) {
	for first := true; ; first = false {
		switch err := c.ping(ctx); {
		case err == nil && c.state.succeed():
			c.log.Info("Redis is up")
		case err != nil && ctx.Err() == nil && (c.state.up.Swap(false) || first):
			c.log.Warn(downMessage, "error", err)
		}
		wait := pingEveryDown
		if c.Up() {
			wait = pingEvery
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

var errSlow = errors.New("redis answers too slowly")

func (c *Client) ping(ctx context.Context) error {
	r := c.redis.Load()
	if r == nil {
		client, err := rueidis.NewClient(c.option)
		if err != nil {
			return err
		}
		r = &client
		c.redis.Store(r)
	}
	limited, cancel := context.WithTimeout(ctx, backgroundTimeout)
	defer cancel()
	began := time.Now()
	answer, err := (*r).Do(limited, (*r).B().Time().Build()).AsStrSlice()
	ended := time.Now()
	if err != nil || len(answer) != 2 {
		return errors.Join(errors.New("TIME failed"), err)
	}
	seconds, err := strconv.ParseInt(answer[0], 10, 64)
	micros, err2 := strconv.ParseInt(answer[1], 10, 64)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	at := time.Unix(seconds, micros*1000)
	c.state.minAhead.Store(int64(at.Sub(ended)))
	c.state.maxAhead.Store(int64(at.Sub(began)))
	if ended.Sub(began) > maxPingTimeouts*c.timeout {
		return errSlow
	}
	return nil
}
