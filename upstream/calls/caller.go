package calls

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// Options are the optional settings of New. The zero value is a good default.
type Options struct {
	BaseURL   string            // host and prefix; "": DefaultBaseURL
	Basic     bool              // authenticate by HTTP Basic as user "bearer" instead of by Bearer
	Transport http.RoundTripper // nil: the function Transport
	OwnTokens bool              // callers bring the tokens: no token may use all calls
	MaxCalls  int               // concurrent exchanges of all tokens while Census is healthy; 0: DefaultMaxCalls
	// Observe is called from many goroutines when a call begins, with its endpoint ("GET
	// /syncs/{id}/sync_runs"). The call runs under the returned context, and the returned
	// function is called when it ends. Nil: no calls are observed.
	Observe func(ctx context.Context, endpoint string) (context.Context, func(Call))
	// OnThrottle is called after a 429, and when the pause of a token begins or ends. Nil: not.
	OnThrottle func(Throttle)
	// Facts makes the value that Caller.Facts returns, for a token that is new or was
	// forgotten. Nil: there are no facts.
	Facts func(token string) any
}

// A Permit is called before each exchange, and may wait. It returns a function that is called when
// the exchange ends. If it returns an error, the exchange is not made.
type Permit func(ctx context.Context) (end func(), err error)

// DefaultBaseURL is version 1 of Census's API in the US region.
const DefaultBaseURL = "https://app.getcensus.com/api/v1"

// A Caller calls Census with one token. It is safe for concurrent use.
type Caller struct {
	base      string
	version   Version
	basic     bool
	observe   func(ctx context.Context, endpoint string) (context.Context, func(Call))
	header    http.Header
	fragments tokenFragments // reveal the token in an answer
	transport http.RoundTripper
	tenant    string // hash of the token and its base URL
	gates     *gates // shared by the callers of all tokens
	standing  *standing
	permit    Permit // nil: exchanges need none
}

// New returns a caller that authenticates with token.
func New(token string, opt Options) *Caller {
	if opt.BaseURL == "" {
		opt.BaseURL = DefaultBaseURL
	}
	if opt.MaxCalls == 0 {
		opt.MaxCalls = DefaultMaxCalls
	}
	if opt.Transport == nil {
		opt.Transport = Transport(opt.MaxCalls)
	}
	if opt.Observe == nil {
		opt.Observe = func(ctx context.Context, _ string) (context.Context, func(Call)) { return ctx, func(Call) {} }
	}
	if opt.OnThrottle == nil {
		opt.OnThrottle = func(Throttle) {}
	}
	if opt.Facts == nil {
		opt.Facts = func(string) any { return nil }
	}
	c := &Caller{
		gates:     newGates(opt.MaxCalls, opt.callsPerToken(), opt.Facts),
		base:      strings.TrimRight(opt.BaseURL, "/"),
		version:   VersionOf(opt.BaseURL),
		basic:     opt.Basic,
		transport: opt.Transport,
		observe:   opt.Observe,
	}
	c.gates.onThrottle = opt.OnThrottle
	return c.WithToken(token)
}

// callsPerToken returns how many concurrent calls one token may make. If other tokens may come, a
// token with hanging calls leaves slots to them.
func (opt Options) callsPerToken() int {
	if opt.OwnTokens {
		return opt.MaxCalls * 3 / 4
	}
	return opt.MaxCalls
}

// WithToken returns a caller that uses another token over the same connections.
func (c *Caller) WithToken(token string) *Caller {
	r := &http.Request{Header: http.Header{"Accept": {"application/json"}, "User-Agent": {"census-gateway"}}}
	if c.basic {
		r.SetBasicAuth("bearer", token)
	} else {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	_, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	tenant := tenantOf(c.base, token)
	return &Caller{base: c.base, version: c.version, basic: c.basic, transport: c.transport, observe: c.observe,
		tenant: tenant, gates: c.gates, standing: c.gates.standings.get(tenant, token),
		header: r.Header, fragments: fragmentsOf(token, credentials)}
}

// WithPermit returns a caller whose exchanges need a permit; nil allows all.
func (c *Caller) WithPermit(permit Permit) *Caller {
	limited := *c
	limited.permit = permit
	return &limited
}

// tenantOf returns the name of a token at a base URL: a hash that does not reveal the token.
func tenantOf(base, token string) string {
	sum := sha256.Sum256([]byte(base + "\x00" + token))
	return hex.EncodeToString(sum[:16])
}

// Tenant returns the name of the token at its base URL. It does not reveal the token.
func (c *Caller) Tenant() string { return c.tenant }

// Shelf returns the number under which answers to this token may be cached. It changes after a
// 401 and when the token is forgotten. Numbers are never reused.
func (c *Caller) Shelf() int64 { return c.standing.shelf.Load() }

// Accepted reports whether Census has not rejected the token since a time.
func (c *Caller) Accepted(since time.Time) bool { return since.UnixNano() > c.standing.rejected.Load() }

// Facts returns what Options.Facts made for the token. All callers of the token share it. A
// token that is unused for long is forgotten with its facts.
func (c *Caller) Facts() any { return c.standing.facts }

// Version returns the version that c calls.
func (c *Caller) Version() Version { return c.version }

// MaxCalls returns how many calls to Census may be under way at once now. Further calls wait
// for a slot, and fail if the wait is too long.
func (c *Caller) MaxCalls() int {
	if c.standing.isHealthy() {
		return cap(c.standing.token)
	}
	return cap(c.standing.reduced)
}

// MaxRunCalls returns how many of these calls may fetch single runs, whose sync is unknown.
func (c *Caller) MaxRunCalls() int { return c.MaxCalls() - PerSync }

// Throttled applies what another gateway reports of a token, if calls with it were made here.
func (c *Caller) Throttled(t Throttle) {
	c.gates.standings.mu.Lock()
	s := c.gates.standings.of[t.Tenant]
	c.gates.standings.mu.Unlock()
	if s == nil {
		return
	}
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pauses.throttled(now, t)
	if s.pauses.token.active(now) {
		s.unhealthyAt = now
	}
}
