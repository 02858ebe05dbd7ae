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

// How many exchanges may be under way at once.
const (
	DefaultMaxCalls = 64          // a dashboard of fifty syncs in one turn
	LeastMaxCalls   = 2 * PerSync // one hanging sync leaves room for others
)

// DefaultBaseURL is version 1 of Census's API in the US region.
const DefaultBaseURL = "https://app.getcensus.com/api/v1"

// A Call describes a finished request to Census, with all its tries.
type Call struct {
	Status int  // of the last answer; 0 if none came
	Failed bool // Kind is the reason
	Kind   Kind
	Tries  int // exchanges made; 0 if the call was refused here
}

// A Caller calls Census with one token. It is safe for concurrent use.
type Caller struct {
	base      string
	version   Version
	basic     bool
	observe   func(ctx context.Context, endpoint string) (context.Context, func(Call))
	header    http.Header
	fragments []string // parts of the token that reveal it in an answer
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

// Get reads one answer of Census. The caller must free it. The layers, outermost first:
//
//	deadline   limits everything below, including waiting
//	observe    also sees calls that are never sent
//	checked    distinguishes a missing record from a missing API
//	retry      outside the gates: a paused call holds no slot, and each
//	           try is admitted again, since the last one may have closed a gate
//	gates      pauses, breaker, bulkhead; see admit for the order
//	try        one exchange with a timeout of its own, which excludes waiting
func (c *Caller) Get(ctx context.Context, e Endpoint, id int64, query string) (Body, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, CallTimeout)
		defer cancel()
	}
	ctx, end := c.observe(ctx, "GET "+string(e))
	var call Call
	defer func() { end(call) }()
	answer, err := retry(ctx, &c.standing.budget, func() (answer Body, err *Error) {
		answer, err = c.attempt(ctx, e, id, query, &call)
		if call.Failed = err != nil; call.Failed {
			call.Status, call.Kind = err.Status, err.Kind
		} else {
			call.Status, call.Kind = http.StatusOK, 0
		}
		return answer, err
	})
	return answer, c.explainMissing(ctx, e, id, query, err)
}
