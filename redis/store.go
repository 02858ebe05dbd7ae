package redis

import (
	"context"
	"time"

	"github.com/redis/rueidis"
)

// maxWrites is how many writes may wait. Each holds up to a page of rows, about 40 KB.
const maxWrites = 2048

// A write waits to be made.
type write struct {
	key     string
	value   func() []byte // nil: the key is removed
	life    time.Duration
	message string // "": there is none; otherwise key is the channel to send it to
}

// Get returns the value of key; "" if it is missing, or if Redis does not answer in time.
func (c *Client) Get(key string) string {
	result, err := c.use(func(r rueidis.Client) rueidis.Completed { return r.B().Get().Key(key).Build() })
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

// Set stores a value soon, for the given time. If too many wait, or Redis is down, it is lost.
func (c *Client) Set(key string, life time.Duration, value func() []byte) {
	c.queue(write{key: key, value: value, life: life})
}

// Drop removes a value soon, under the same conditions.
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

// write makes the writes that wait, many at once if many do. After ctx ends, it makes those that
// still wait within a second.
func (c *Client) write(ctx context.Context) {
	for {
		select {
		case w := <-c.writes:
			c.writeAll(context.Background(), c.gather(w))
		case <-ctx.Done():
			limited, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			for len(c.writes) > 0 && limited.Err() == nil {
				c.writeAll(limited, c.gather(<-c.writes))
			}
			return
		}
	}
}

// gather returns w and further writes that wait.
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
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, result := range (*r).DoMulti(limited, cmds...) {
		if err := result.Error(); err != nil {
			c.lost.Add(1)
		}
	}
}

// Stats are how often values were found and missing, how many uses failed or took too long, and
// how many writes were lost, since the start.
type Stats struct{ Found, Missing, Failed, Lost uint64 }

// Stats describes the uses of Redis.
func (c *Client) Stats() Stats {
	return Stats{c.found.Load(), c.missing.Load(), c.failed.Load(), c.lost.Load()}
}
