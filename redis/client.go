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
	Timeout time.Duration // time limit of one command
	Log     *slog.Logger
}

// A Client is a client of one Redis server or cluster. It is safe for concurrent use.
type Client struct {
	option     rueidis.ClientOption
	timeout    time.Duration
	log        *slog.Logger
	state      state
	redis      atomic.Pointer[rueidis.Client] // nil until Redis has answered once
	writes     chan write
	name       string // unique among the gateways that use the same Redis
	mu         sync.Mutex
	handlers   map[string]func(message string) // by subject
	stop       context.CancelFunc
	goroutines sync.WaitGroup

	found, missing, failed, lost atomic.Uint64
}

// backgroundTimeout is the time limit for connecting, and for commands that no answer waits for.
const backgroundTimeout = time.Second

// Check returns an error if url is not a valid Redis URL. The error does not contain the URL, which
// may have a password.
func Check(url string) error {
	if opt, err := rueidis.ParseURL(url); err != nil || len(opt.InitAddress) == 0 || opt.InitAddress[0] == "" {
		return errors.New("must be like redis://HOST:6379, or rediss://USER:PASSWORD@HOST:6379 with TLS")
	}
	return nil
}

// Open returns a client that connects in the background; Redis may be down. The caller must call
// Close.
func Open(opt Options) (*Client, error) {
	if err := Check(opt.URL); err != nil {
		return nil, err
	}
	option, err := rueidis.ParseURL(opt.URL)
	if err != nil {
		return nil, err
	}
	option.ClientName, option.DisableCache, option.DisableRetry = "census-gateway", true, true
	option.AlwaysPipelining = true                          // otherwise a passed deadline closes the connection
	option.ForceSingleClient = len(option.InitAddress) == 1 // several addresses (?addr=HOST:PORT) form a cluster
	option.PipelineMultiplex, option.ReadBufferEachConn, option.WriteBufferEachConn = -1, 64<<10, 64<<10
	option.Dialer.Timeout, option.ConnWriteTimeout = backgroundTimeout, backgroundTimeout
	ctx, stop := context.WithCancel(context.Background())
	c := &Client{option: option, timeout: opt.Timeout, log: opt.Log, writes: make(chan write, maxWrites), name: rand.Text(), handlers: make(map[string]func(string)), stop: stop}
	c.goroutines.Go(func() { c.watch(ctx) })
	c.goroutines.Go(func() { c.write(ctx) })
	c.goroutines.Go(func() { c.listen(ctx) })
	return c, nil
}

// Close ends the client. Queued writes are made within backgroundTimeout, or lost.
func (c *Client) Close() {
	c.stop()
	c.goroutines.Wait()
	if r := c.redis.Load(); r != nil {
		(*r).Close()
	}
}

var errDown = errors.New("redis is down")

// do runs one command within the client's timeout. The library's own deadlines do not cover all of
// its waits, so the command runs in another goroutine.
func (c *Client) do(cmd func(r rueidis.Client) rueidis.Completed) (rueidis.RedisResult, error) {
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
		c.recordResult(err)
		return result, err
	case <-ctx.Done():
		c.recordResult(ctx.Err())
		return rueidis.RedisResult{}, ctx.Err()
	}
}

// recordResult counts a failed command. It logs if Redis is considered down from now on.
func (c *Client) recordResult(err error) {
	if err != nil {
		c.failed.Add(1)
	}
	if c.state.fail(err) {
		c.log.Warn(downMessage, "error", err)
	}
}
