package redis

import (
	"context"
	"time"

	"github.com/redis/rueidis"
)

// maxWrites is the maximum number of queued writes. Each holds up to one page of rows, about 40 KB.
const maxWrites = 2048

// A write is a queued command: Set, Drop or Publish.
type write struct {
	key     string
	value   func() []byte // nil: the key is deleted
	life    time.Duration
	message string // if not "", it is published to the channel named by key
}

// Get returns the value of key; "" if it is missing, or if Redis does not answer in time.
func (c *Client) Get(key string) string {
	result, err := c.do(func(r rueidis.Client) rueidis.Completed { return r.B().Get().Key(key).Build() })
	if err != nil {
		return ""
	}
	value, err := result.ToString()
	if err != nil {
		c.missing.Add(1)
		return ""
	}
	c.found.Add(1)
	return value
}

// Set stores a value in the background, for the given time. It is lost if the queue is full or
// Redis is down.
func (c *Client) Set(key string, life time.Duration, value func() []byte) {
	c.queue(write{key: key, value: value, life: life})
}

// Drop deletes a value in the background, under the same conditions.
func (c *Client) Drop(key string) { c.queue(write{key: key}) }

func (c *Client) queue(w write) {
	if c.Up() {
		select {
		case c.writes <- w:
			return
		default:
		}
	}
	c.lost.Add(1)
}

// write runs queued writes, in batches. After ctx ends, it runs the remaining ones within
// backgroundTimeout.
func (c *Client) write(ctx context.Context) {
	for {
		select {
		case w := <-c.writes:
			c.writeAll(context.Background(), c.gather(w))
		case <-ctx.Done():
			limited, cancel := context.WithTimeout(context.Background(), backgroundTimeout)
			defer cancel()
			for len(c.writes) > 0 && limited.Err() == nil {
				c.writeAll(limited, c.gather(<-c.writes))
			}
			return
		}
	}
}

// gather returns w and up to 31 more queued writes.
func (c *Client) gather(w write) []write {
	some := []write{w}
	for len(some) < 32 {
		select {
		case w := <-c.writes:
			some = append(some, w)
		default:
			return some
		}
	}
	return some
}

func (c *Client) writeAll(ctx context.Context, some []write) {
	r := c.redis.Load()
	if !c.Up() || r == nil {
		c.lost.Add(uint64(len(some)))
		return
	}
	var cmds []rueidis.Completed
	for _, w := range some {
		if w.message != "" {
			cmds = append(cmds, (*r).B().Publish().Channel(w.key).Message(w.message).Build())
		} else if w.value == nil {
			cmds = append(cmds, (*r).B().Del().Key(w.key).Build())
		} else {
			cmds = append(cmds, (*r).B().Set().Key(w.key).Value(rueidis.BinaryString(w.value())).Px(max(w.life, time.Millisecond)).Build())
		}
	}
	limited, cancel := context.WithTimeout(ctx, backgroundTimeout)
	defer cancel()
	for _, result := range (*r).DoMulti(limited, cmds...) {
		if err := result.Error(); err != nil {
			c.lost.Add(1)
		}
	}
}

// Stats are totals since the start: values found and missing, commands that failed or timed out,
// and lost writes.
type Stats struct{ Found, Missing, Failed, Lost uint64 }

// Stats returns the totals of c.
func (c *Client) Stats() Stats {
	return Stats{c.found.Load(), c.missing.Load(), c.failed.Load(), c.lost.Load()}
}
