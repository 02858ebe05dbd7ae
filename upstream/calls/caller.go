package calls

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// Options are what New can do without; the zero value is a good default.
type Options struct {
	BaseURL   string            // host and prefix; "" means DefaultBaseURL
	Basic     bool              // authenticate by HTTP Basic as user "bearer" instead of Bearer
	Transport http.RoundTripper // nil: what Transport returns
	OwnTokens bool              // the tokens are brought by callers: none takes all calls
	MaxCalls  int               // exchanges under way at once, of all tokens, while Census is well; 0: DefaultMaxCalls
	// Observe is told when a call begins, from many goroutines, with its
	// endpoint ("GET /syncs/{id}/sync_runs"); the call is made under the context
	// it returns, and what it returns is called at the end. Nil: nobody is told.
	Observe func(ctx context.Context, endpoint string) (context.Context, func(Call))
	// Notes makes what Caller.Notes returns, of a token that is new or was forgotten. Nil:
	// nothing.
	Notes func() any
}

// How many exchanges may be under way at once.
const (
	DefaultMaxCalls = 64          // a dashboard of fifty syncs is one turn
	LeastMaxCalls   = 2 * PerSync // so that one sync that hangs leaves room for others
)

// DefaultBaseURL is Census's US region, version 1 of its API.
const DefaultBaseURL = "https://app.getcensus.com/api/v1"

// A Call is one question to Census that is over, however often it was asked.
type Call struct {
	Status int  // of the last answer; 0 if none came
	Failed bool // Kind says why
	Kind   Kind
	Tries  int // exchanges made; 0 if the call was refused here
}

// A Caller asks Census with one token. It is safe for concurrent use.
type Caller struct {
	base      string
	version   Version
	basic     bool
	observe   func(ctx context.Context, endpoint string) (context.Context, func(Call))
	header    http.Header
	traces    []string // by which an answer that holds the token is known
	transport http.RoundTripper
	tenant    string // the token at its base URL, hashed
	gates     *gates // shared by the callers of all tokens
	standing  *standing
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
	if opt.Notes == nil {
		opt.Notes = func() any { return nil }
	}
	c := &Caller{
		gates:     newGates(opt.MaxCalls, opt.ofToken(), opt.Notes),
		base:      strings.TrimRight(opt.BaseURL, "/"),
		version:   VersionOf(opt.BaseURL),
		basic:     opt.Basic,
		transport: opt.Transport,
		observe:   opt.Observe,
	}
	return c.WithToken(token)
}

// ofToken is how many calls of one token are made at once: where others may come,
// one whose calls hang leaves places to them.
func (opt Options) ofToken() int {
	if opt.OwnTokens {
		return opt.MaxCalls * 3 / 4
	}
	return opt.MaxCalls
}

// WithToken returns a caller that asks with another token over the same
// connections.
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
		tenant: tenant, gates: c.gates, standing: c.gates.standings.get(tenant),
		header: r.Header, traces: tracesOf(token, credentials)}
}

// tenantOf names the tenant of a token at a base URL; the token cannot be read
// from it.
func tenantOf(base, token string) string {
	sum := sha256.Sum256([]byte(base + "\x00" + token))
	return hex.EncodeToString(sum[:16])
}

// Name names the token at its base URL, which cannot be read from it.
func (c *Caller) Name() string { return c.tenant }

// Shelf names what may be kept of what Census answers the token. After a 401, or when
// the token was forgotten, it is another, which was never given before.
func (c *Caller) Shelf() int64 { return c.standing.shelf.Load() }

// Notes is what Options.Notes made for the token. All callers of the token share it,
// until the token is long unused and forgotten.
func (c *Caller) Notes() any { return c.standing.notes }

// Get reads one answer of Census, which the caller is to free. It passes, outermost first:
//
//	deadline   everything below happens within it, waiting too
//	observe    is told of calls that are never sent as well
//	checked    tells a record that is missing from an API that is
//	retry      outside the gates: a pause keeps no place from others, and every
//	           try is let in anew, since the one before may have closed a gate
//	gates      pauses, breaker, bulkhead; admit has the reason for that order
//	try        one exchange with a time of its own, which waiting does not use up
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
	return answer, c.checked(ctx, e, id, query, err)
}
