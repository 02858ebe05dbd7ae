package upstream

import (
	"context"
	"crypto/cipher"
	"net/http"
	"sync/atomic"
	"time"

	"census-gateway/upstream/calls"
)

// Options are the optional settings of New. The zero value is a good default.
type Options struct {
	BaseURL   string            // host and prefix; "": V1 of the US region, https://app.getcensus.com/api/v1
	Basic     bool              // authenticate by HTTP Basic as user "bearer" instead of by Bearer
	Transport http.RoundTripper // nil: calls.Transport
	// Groups are the keys of the V2 groups whose syncs are served. Syncs of other or unknown
	// groups are treated as missing. Nil: all groups are served. V1 has no groups, so with
	// Groups set, a V1 client serves no sync.
	Groups    []string
	OwnTokens bool // callers bring the tokens: cached records expire sooner, and no token may use all calls
	MaxCalls  int  // concurrent exchanges of all tokens while Census is healthy; 0: calls.DefaultMaxCalls
	// Observe is called from many goroutines when a call begins, with its endpoint ("GET
	// /syncs/{id}/sync_runs"). The call runs under the returned context, and the returned
	// function is called when it ends. Nil: no calls are observed.
	Observe func(ctx context.Context, endpoint string) (context.Context, func(calls.Call))
	// OnRead is called for each thing that was read, from Census or from memory, under the
	// context of the reader. Nil: no reads are reported.
	OnRead    func(ctx context.Context, r ReadReport)
	PageCache int64         // bytes of memory for what was read, for all tokens together; 0: no cache
	Freshness time.Duration // how long rows that may change stay fresh; 0: only rows that will not change are kept
	Stale     time.Duration // how long expired rows may be served while Census fails; 0: not at all
	// Store holds what was read for other gateways too. Nil, or without a page cache: there is
	// none.
	Store Store
	// OnThrottle is called after 429s, with what other gateways should pass to Client.Throttled.
	// Nil: 429s are not reported.
	OnThrottle func(calls.Throttle)
	// OnShort is called when the page cache was too small for five minutes, and again each
	// time the shortage doubles. Nil: shortages are not reported.
	OnShort func(CacheStats)
}

// A Client reads from one Census workspace with one token. It is safe for concurrent use.
type Client struct {
	calls       *calls.Caller
	groups      map[string]bool // groups that are served; nil: all
	facts       *tokenFacts     // shared by the clients of the token
	cache       *cache          // shared by the clients of all tokens
	onRead      func(ctx context.Context, r ReadReport)
	needsPermit bool      // its calls need a permit
	since       time.Time // cached data that was requested before is not used; zero: all is
}

// tokenFacts are what is known of one token, beside what is cached for it.
type tokenFacts struct {
	syncs   atomic.Int64 // syncs in the workspace when last reported; 0: unknown
	ordered atomic.Int64 // until when V2's syncs are taken to be in creation order, in ns since 1970; 0: unproved
	sizes   pageSizes
	sealer  cipher.AEAD // encrypts what is stored for other gateways; nil: nothing is
}

func (c *cache) newFacts(token string) any {
	f := new(tokenFacts)
	if c.store != nil {
		f.sealer = newSealer(token)
	}
	return f
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
	if opt.PageCache > 0 {
		c.cache.store = opt.Store
	}
	if c.cache.onShort = opt.OnShort; opt.OwnTokens {
		c.cache.recordsFor = ownRecordsFor
	}
	c.onRead = func(ctx context.Context, r ReadReport) {
		c.cache.count(r)
		if opt.OnRead != nil {
			opt.OnRead(ctx, r)
		}
	}
	return c.with(calls.New(token, calls.Options{BaseURL: opt.BaseURL, Basic: opt.Basic, Transport: opt.Transport,
		OwnTokens: opt.OwnTokens, MaxCalls: opt.MaxCalls, Observe: opt.Observe, OnThrottle: opt.OnThrottle, Facts: c.cache.newFacts}))
}

// WithToken returns a client that uses another token over the same connections.
func (c *Client) WithToken(token string) *Client { return c.with(c.calls.WithToken(token)) }

func (c *Client) with(calls *calls.Caller) *Client {
	return &Client{calls: calls, groups: c.groups, facts: calls.Facts().(*tokenFacts), cache: c.cache, onRead: c.onRead}
}

// Tenant names the token at its base URL. The token cannot be read from it.
func (c *Client) Tenant() string { return c.calls.Tenant() }

// Version returns the version of Census's API that c calls.
func (c *Client) Version() calls.Version { return c.calls.Version() }

// MaxCalls returns how many calls to Census may be under way at once now. Further calls wait
// for a place, and fail if the wait is too long.
func (c *Client) MaxCalls() int { return c.calls.MaxCalls() }

// MaxRunCalls returns how many of these calls may fetch single runs, whose sync is unknown.
func (c *Client) MaxRunCalls() int { return c.calls.MaxRunCalls() }

// Throttled applies what another gateway reports of 429s, for the token that it names.
func (c *Client) Throttled(t calls.Throttle) { c.calls.Throttled(t) }

// State describes what blocks calls at the moment, for all remembered tokens.
func (c *Client) State() calls.State { return c.calls.State() }

// CacheStats describes the page cache that this client shares with all clients made from it.
func (c *Client) CacheStats() CacheStats { return c.cache.stats() }

// entryKey names the record of e and id, or what is cached of a list beside its rows.
func (c *Client) entryKey(e calls.Endpoint, id int64) cacheKey {
	return cacheKey{shelf: c.calls.Shelf(), endpoint: e, id: id}
}
