package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

// Options are the settings of Open.
type Options struct {
	URL     string        // redis://, rediss:// or unix://
	Timeout time.Duration // of one use
	Log     *slog.Logger
}

// A Client uses one Redis. It is safe for concurrent use.
type Client struct {
	option  rueidis.ClientOption
	timeout time.Duration
	log     *slog.Logger
	state   state
	redis   atomic.Pointer[rueidis.Client] // nil until Redis has answered once
	writes  chan write
	name    string // of this gateway among those of the Redis
	mu      sync.Mutex
	hears   map[string]func(message string) // by subject
	stop    context.CancelFunc
	ended   sync.WaitGroup

	found, missing, failed, lost atomic.Uint64
}

// How long connecting, and uses that no answer waits for, may take.
const patience = time.Second

// Check returns an error if url cannot be the URL of a Redis. The error does not contain the URL,
// which may have a password.
func Check(url string) error {
	if opt, err := rueidis.ParseURL(url); err != nil || len(opt.InitAddress) == 0 || opt.InitAddress[0] == "" {
		return errors.New("must be like redis://HOST:6379, or rediss://USER:PASSWORD@HOST:6379 with TLS")
	}
	return nil
}

// Open returns a client, which connects in the background: Redis may be down. Close it.
func Open(opt Options) (*Client, error) {
	if err := Check(opt.URL); err != nil {
		return nil, err
	}
	option, err := rueidis.ParseURL(opt.URL)
	if err != nil {
		return nil, err
	}
	option.ClientName, option.DisableCache, option.DisableRetry = "census-gateway", true, true
	option.AlwaysPipelining = true                          // otherwise a deadline that passes closes the connection
	option.ForceSingleClient = len(option.InitAddress) == 1 // further ones, ?addr=HOST:PORT, are of a cluster
	option.PipelineMultiplex, option.ReadBufferEachConn, option.WriteBufferEachConn = -1, 64<<10, 64<<10
	option.Dialer.Timeout, option.ConnWriteTimeout = patience, patience
	ctx, stop := context.WithCancel(context.Background())
	c := &Client{option: option, timeout: opt.Timeout, log: opt.Log, writes: make(chan write, maxWrites), name: rand.Text(), hears: make(map[string]func(string)), stop: stop}
	c.ended.Go(func() { c.watch(ctx) })
	c.ended.Go(func() { c.write(ctx) })
	c.ended.Go(func() { c.listen(ctx) })
	return c, nil
}

// Close ends the client. Writes that wait are made within a second, or lost.
func (c *Client) Close() {
	c.stop()
	c.ended.Wait()
	if r := c.redis.Load(); r != nil {
		(*r).Close()
	}
}

var errDown = errors.New("redis is down")

// use makes one command, within the client's timeout. The library's own deadlines do not cover
// all of its waits, so the command runs in another goroutine.
func (c *Client) use(cmd func(r rueidis.Client) rueidis.Completed) (rueidis.RedisResult, error) {
	r := c.redis.Load()
	if r == nil || !c.state.usable() {
		return rueidis.RedisResult{}, errDown
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	done := make(chan rueidis.RedisResult, 1)
	go func() { done <- (*r).Do(ctx, cmd(*r)) }()
	select {
	case result := <-done:
		err := result.NonRedisError()
		c.note(err)
		return result, err
	case <-ctx.Done():
		c.note(ctx.Err())
		return rueidis.RedisResult{}, ctx.Err()
	}
}

// note counts a failure of a use, and ends uses if it shows that Redis is down.
func (c *Client) note(err error) {
	if err != nil {
		c.failed.Add(1)
	}
	if c.state.ends(err) {
		c.log.Warn(alone, "error", err)
	}
}
