// Package upstream reads syncs, sync runs and connections from the Census Management API.
//
// The API lists in numbered pages; callers here ask for stretches of a list in
// creation order (a Window) and get exactly those rows, however the pages move
// meanwhile. On the way an answer passes, outermost first:
//
//	list     windows to page reads, and rows to positions (plan.go, view.go)
//	decode   JSON to the types of this package (envelope.go)
//	retry    what may pass by itself (retry.go)
//	gates    what had better not be sent now (gates.go)
//	try      one HTTP exchange, bounded in time and bytes (exchange.go)
package upstream

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Options are what New can do without; the zero value is a good default.
type Options struct {
	BaseURL   string            // host and prefix; "" means the US region's V1: https://app.getcensus.com/api/v1
	Basic     bool              // authenticate by HTTP Basic as user "bearer" instead of Bearer
	Transport http.RoundTripper // nil: what Transport returns
	OwnTokens bool              // the tokens are brought by callers: what is kept of one is doubted sooner, and none takes all calls
	MaxCalls  int               // exchanges under way at once, of all tokens, while Census is well; 0: DefaultMaxCalls
	// Observe is told when a call begins, from many goroutines, with its
	// endpoint ("GET /syncs/{id}/sync_runs"); the call is made under the context
	// it returns, and what it returns is called at the end. Nil: nobody is told.
	Observe func(ctx context.Context, endpoint string) (context.Context, func(Call))
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

// How many exchanges may be under way at once.
const (
	DefaultMaxCalls = 64          // a dashboard of fifty syncs is one turn
	LeastMaxCalls   = 2 * perSync // so that one sync that hangs leaves room for others
)

// DefaultBaseURL is Census's US region.
const DefaultBaseURL = "https://app.getcensus.com/api/v1"

// A Call is one question to Census that is over, however often it was asked.
type Call struct {
	Status int  // of the last answer; 0 if none came
	Failed bool // Kind says why
	Kind   Kind
	Tries  int // exchanges made; 0 if the call was refused here
}

// A Client reads from one Census workspace with one token. It is safe for
// concurrent use.
type Client struct {
	base      string
	basic     bool
	observe   func(ctx context.Context, endpoint string) (context.Context, func(Call))
	header    http.Header
	traces    []string // by which an answer that holds the token is known
	transport http.RoundTripper
	cache     *cache // shared by the clients of all tokens
	tenant    string // the token at its base URL, hashed
	gates     *gates // shared by the clients of all tokens
	standing  *standing
	onRead    func(ctx context.Context, r Read)
}

// New returns a client that authenticates with token.
func New(token string, opt Options) *Client {
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
	c := &Client{
		gates:     newGates(opt.MaxCalls, opt.ofToken()),
		cache:     newCache(opt.PageCache, opt.Freshness, opt.Stale),
		base:      strings.TrimRight(opt.BaseURL, "/"),
		basic:     opt.Basic,
		transport: opt.Transport,
		observe:   opt.Observe,
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

// WithToken returns a client that asks with another token over the same
// connections.
func (c *Client) WithToken(token string) *Client {
	r := &http.Request{Header: http.Header{"Accept": {"application/json"}, "User-Agent": {"census-gateway"}}}
	if c.basic {
		r.SetBasicAuth("bearer", token)
	} else {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	_, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	tenant := tenantOf(c.base, token)
	return &Client{base: c.base, basic: c.basic, transport: c.transport, observe: c.observe,
		cache: c.cache, tenant: tenant, onRead: c.onRead, gates: c.gates, standing: c.gates.standings.get(tenant),
		header: r.Header, traces: tracesOf(token, credentials)}
}

// An endpoint is a path of the API; id replaces its "{id}".
type endpoint string

const (
	listSyncs    endpoint = "/syncs"
	fetchSync    endpoint = "/syncs/{id}"
	listSyncRuns endpoint = "/syncs/{id}/sync_runs"
	fetchSyncRun endpoint = "/sync_runs/{id}"

	listSources      endpoint = "/sources"
	listDestinations endpoint = "/destinations"
)

func (e endpoint) path(id int64) string {
	return strings.Replace(string(e), "{id}", strconv.FormatInt(id, 10), 1)
}

// fail is the Error of a call of e.
func (e endpoint) fail(kind Kind, id int64, cause error) *Error {
	subject := fmt.Sprintf("sync %d", id)
	switch e {
	case listSyncs, listSources, listDestinations:
		subject = "the " + strings.TrimPrefix(string(e), "/")
	case fetchSyncRun:
		subject = fmt.Sprintf("sync run %d", id)
	}
	return &Error{Kind: kind, Call: "GET " + e.path(id), Subject: subject, Err: cause}
}

// unreadable is the Error of an answer that came and makes no sense.
func (e endpoint) unreadable(id int64, cause error) *Error {
	err := e.fail(BadResponse, id, cause)
	err.Status = http.StatusOK
	return err
}

// get reads one answer of Census, which the caller is to free. It passes, outermost first:
//
//	deadline   everything below happens within it, waiting too
//	observe    is told of calls that are never sent as well
//	retry      outside the gates: a pause keeps no place from others, and every
//	           try is let in anew, since the one before may have closed a gate
//	gates      pauses, breaker, bulkhead; admit has the reason for that order
//	try        one exchange with a time of its own, which waiting does not use up
func (c *Client) get(ctx context.Context, e endpoint, id int64, query string) (body, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, callTimeout)
		defer cancel()
	}
	ctx, end := c.observe(ctx, "GET "+string(e))
	var call Call
	defer func() { end(call) }()
	return retry(ctx, &c.standing.budget, func() (answer body, err *Error) {
		answer, err = c.attempt(ctx, e, id, query, &call)
		if call.Failed = err != nil; call.Failed {
			call.Status, call.Kind = err.Status, err.Kind
		} else {
			call.Status, call.Kind = http.StatusOK, 0
		}
		return answer, err
	})
}
