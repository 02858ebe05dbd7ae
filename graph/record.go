package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/limits"
	"census-gateway/graph/transport"
	"census-gateway/internal/errcodes"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

// A Record is what became of one request, for whoever watches the gateway. It
// is filled while the request is answered and read when it is over.
type Record struct {
	Name     string   // of the operation, as the client sent it; "" if it has none
	Type     string   // "query"; "" if it was never parsed
	Document string   // documents.ShortHash of its text
	Codes    []string // of the errors answered, first come first, each once
	Trusted  string   // id of the trusted document that was asked for; "" if it was none
	// Deprecated are the fields it asked that are deprecated, "SyncRun.recordsInvalid", each once.
	Deprecated []string
	Limit      string // the limits.Limit that it passed, or LimitTokens; "" if it was not refused for one

	begun  time.Time
	calls  atomic.Int64
	cached atomic.Int64
	asOf   atomic.Int64 // of the oldest stale part, milliseconds since 1970; 0: nothing is stale
	until  atomic.Int64 // milliseconds since 1970; 0: nothing has been read
}

// CensusCalls is how many requests Census has got for it so far.
func (r *Record) CensusCalls() int { return int(r.calls.Load()) }

// CacheHits is how many pages and records it found in memory so far.
func (r *Record) CacheHits() int { return int(r.cached.Load()) }

// Called notes n requests to Census. It may be called from many goroutines, and
// on nil.
func (r *Record) Called(n int) {
	if r != nil {
		r.calls.Add(int64(n))
	}
}

// Read notes that something was read of Census or of memory. It may be called
// from many goroutines, and on nil.
func (r *Record) Read(read upstream.Read) {
	if r == nil {
		return
	}
	if read.Cached {
		r.cached.Add(1)
	}
	if read.Stale {
		earliest(&r.asOf, read.AsOf)
	}
	earliest(&r.until, read.Until)
}

// byTheClock is how long an answer counts that tells how long ago something was, or
// what is late by now, however long that counts which it was made from. Its time
// begins with the request: the operation's "now" is no earlier.
const byTheClock = 5 * time.Second

// Moves notes that the answer depends on the time of day. It may be called from many
// goroutines, and on nil.
func (r *Record) Moves() {
	if r != nil {
		earliest(&r.until, r.begun.Add(byTheClock))
	}
}

// earliest sets of to t, in milliseconds since 1970, unless it is set to an earlier time.
func earliest(of *atomic.Int64, t time.Time) {
	for ms := max(t.UnixMilli(), 1); ; {
		was := of.Load()
		if was != 0 && was <= ms || of.CompareAndSwap(was, ms) {
			return
		}
	}
}

// timeless is how long an answer counts that tells nothing of Census: __typename,
// the schema, the id of a sync that was given by its id.
const timeless = time.Minute

// Fresh is how long the answer counts as what Census would say: as long as the
// first of what it was made from; 0 for an answer that is stale or has errors.
func (r *Record) Fresh() time.Duration {
	switch until := r.until.Load(); {
	case r.asOf.Load() != 0 || len(r.Codes) > 0:
		return 0
	case until == 0:
		return timeless
	default:
		return max(time.Until(time.UnixMilli(until)), 0)
	}
}

// trusted notes which trusted document is asked for. It may be called on nil.
func (r *Record) trusted(id string) {
	if r != nil {
		r.Trusted = id
	}
}

// Repeat notes that the request is answered by what another has made.
func (r *Record) Repeat(made *Record) {
	r.Name, r.Type, r.Document, r.Codes, r.Limit = made.Name, made.Type, made.Document, made.Codes, made.Limit
	r.Trusted, r.Deprecated = made.Trusted, made.Deprecated
	r.cached.Add(1)
}

type recordKey struct{}

// WithRecord gives the request of ctx a record.
func WithRecord(ctx context.Context) (context.Context, *Record) {
	r := &Record{begun: time.Now()}
	return context.WithValue(ctx, recordKey{}, r), r
}

// RecordOf returns the record of ctx's request; nil if it has none.
func RecordOf(ctx context.Context) *Record {
	r, _ := ctx.Value(recordKey{}).(*Record)
	return r
}

// LimitTokens names the limit on the tokens of a document, which is the parser's.
const LimitTokens = "tokens"

// limitOf names the limit that err is about; "" if it is about none.
func limitOf(err *gqlerror.Error) string {
	if limit, ok := err.Extensions["limit"].(string); ok && transport.Code(err) == errcodes.QueryTooExpensive {
		return limit
	}
	if transport.Code(err) == errcodes.ParseFailed && strings.Contains(err.Message, "token limit") {
		return LimitTokens
	}
	return ""
}

// costHeader is the request header that asks for extensions.census.
const costHeader = "X-Census-Cost"

// recorded notes in the record of a request how an answer came out, and adds what it cost
// to the answer if that was asked for, and if it is stale that and of when it is. What
// it was reckoned to cost before, the guard tells.
func recorded(guard *limits.Guard) graphql.ResponseMiddleware {
	return func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		resp := next(ctx)
		r := RecordOf(ctx)
		if r == nil || resp == nil || !graphql.HasOperationContext(ctx) {
			return resp
		}
		return r.note(graphql.GetOperationContext(ctx), resp, guard)
	}
}

// note is recorded for the answer of an operation.
func (r *Record) note(op *graphql.OperationContext, resp *graphql.Response, guard *limits.Guard) *graphql.Response {
	r.Document, r.Name = documentOf(op), op.OperationName
	if p := planned(op); p != nil {
		r.Deprecated = p.deprecated
	}
	if op.Operation != nil {
		r.Type = string(op.Operation.Operation)
		r.Name = op.Operation.Name
	}
	for _, err := range resp.Errors {
		r.Limit = cmp.Or(r.Limit, limitOf(err))
		if code := transport.Code(err); !slices.Contains(r.Codes, code) {
			r.Codes = append(r.Codes, code)
		}
	}
	var told map[string]any
	if op.Headers.Get(costHeader) != "" {
		told = map[string]any{"calls": r.CensusCalls(), "cached": r.CacheHits(),
			"durationMs": float64(time.Since(op.Stats.OperationStart).Microseconds()) / 1000}
		if planned(op) != nil {
			told["estimatedPages"], told["maxPages"] = guard.Pages(op)
		}
	}
	if asOf := r.asOf.Load(); asOf != 0 {
		if told == nil {
			told = map[string]any{}
		}
		told["stale"], told["asOf"] = true, census.DateTime(asOf).String()
	}
	if told != nil {
		if resp.Extensions == nil {
			resp.Extensions = map[string]any{}
		}
		resp.Extensions["census"] = told
	}
	return resp
}
