package upstream

import (
	"context"
	"net/http"
	"time"

	"census-gateway/upstream/calls"
)

// Options are what New can do without; the zero value is a good default.
type Options struct {
	BaseURL   string            // host and prefix; "" means the US region's V1: https://app.getcensus.com/api/v1
	Basic     bool              // authenticate by HTTP Basic as user "bearer" instead of Bearer
	Transport http.RoundTripper // nil: what calls.Transport returns
	// Groups are the keys of the groups of V2 whose syncs are read; all others, and those
	// of unknown groups, are as if they were not there. Nil: all are read. On V1, which
	// knows no groups, nothing is then.
	Groups    []string
	OwnTokens bool // the tokens are brought by callers: what is kept of one is doubted sooner, and none takes all calls
	MaxCalls  int  // exchanges under way at once, of all tokens, while Census is well; 0: calls.DefaultMaxCalls
	// Observe is told when a call begins, from many goroutines, with its
	// endpoint ("GET /syncs/{id}/sync_runs"); the call is made under the context
	// it returns, and what it returns is called at the end. Nil: nobody is told.
	Observe func(ctx context.Context, endpoint string) (context.Context, func(calls.Call))
	// OnRead is told of each thing that was read, from Census or from memory,
	// under the context of who asked. Nil: nobody is told.
	OnRead    func(ctx context.Context, r Read)
	PageCache int64         // bytes of what was read to keep in memory, of all tokens; 0: none
	Freshness time.Duration // how long what may change is kept; 0: only what may not is kept
	Stale     time.Duration // how long beyond its time what is kept is good while Census fails; 0: not at all
	// OnShort is told that the page cache is too small, after five minutes of it, and
	// again when it is so by twice as much. Nil: nobody is told.
	OnShort func(CacheStats)
}

// A Client reads from one Census workspace with one token. It is safe for
// concurrent use.
type Client struct {
	calls  *calls.Caller
	groups map[string]bool // that are served; nil: all
	notes  *notes          // shared by the clients of the token
	cache  *cache          // shared by the clients of all tokens
	onRead func(ctx context.Context, r Read)
}

// New returns a client that authenticates with token.
func New(token string, opt Options) *Client {
	c := &Client{cache: newCache(opt.PageCache, opt.Freshness, opt.Stale)}
	if opt.Groups != nil {
		c.groups = make(map[string]bool)
	}
	for _, key := range opt.Groups {
		c.groups[key] = true
	}
	if c.cache.onShort = opt.OnShort; opt.OwnTokens {
		c.cache.recordsFor = ownRecordsFor
	}
	c.onRead = func(ctx context.Context, r Read) {
		c.cache.found(r)
		if opt.OnRead != nil {
			opt.OnRead(ctx, r)
		}
	}
	return c.with(calls.New(token, calls.Options{BaseURL: opt.BaseURL, Basic: opt.Basic, Transport: opt.Transport,
		OwnTokens: opt.OwnTokens, MaxCalls: opt.MaxCalls, Observe: opt.Observe, Notes: func() any { return new(notes) }}))
}

// WithToken returns a client that asks with another token over the same
// connections.
func (c *Client) WithToken(token string) *Client { return c.with(c.calls.WithToken(token)) }

func (c *Client) with(calls *calls.Caller) *Client {
	return &Client{calls: calls, groups: c.groups, notes: calls.Notes().(*notes), cache: c.cache, onRead: c.onRead}
}

// Version is the version of Census's API that c asks.
func (c *Client) Version() calls.Version { return c.calls.Version() }

// MaxCalls is how many calls to Census are made at a time now. Who asks for more at
// once has some of them wait, and fail if that takes too long.
func (c *Client) MaxCalls() int { return c.calls.MaxCalls() }

// MaxRunCalls is how many of these may be for single runs, which are of no sync.
func (c *Client) MaxRunCalls() int { return c.calls.MaxRunCalls() }

// State is what keeps calls from leaving now, of all tokens that are remembered.
func (c *Client) State() calls.State { return c.calls.State() }
