package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/limits"
	"census-gateway/graph/transport"
	"census-gateway/internal/errcodes"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

// NoteRead notes in ctx's request what was read, of Census or of memory.
func NoteRead(ctx context.Context, read upstream.Read) {
	of := notes.Of(ctx)
	if read.Cached {
		of.Found()
	}
	of.Read(read.Until, read.AsOf, read.Stale)
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

// describe notes which operation it is.
func describe(r *notes.Notes, op *graphql.OperationContext) {
	r.Document, r.Name = documentOf(op), op.OperationName
	if p := planned(op); p != nil {
		r.Deprecated = p.deprecated
	}
	if op.Operation != nil {
		r.Type = string(op.Operation.Operation)
		r.Name = op.Operation.Name
	}
}

// costHeader is the request header that asks for extensions.census.
const costHeader = "X-Census-Cost"

// recorded notes of a request how an answer came out, and adds what it cost to the answer
// if that was asked for, and if it is stale that and of when it is. The guard knows the
// price that was computed before.
func recorded(guard *limits.Guard) graphql.ResponseMiddleware {
	return func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		resp := next(ctx)
		r := notes.Of(ctx)
		if r == nil || resp == nil || !graphql.HasOperationContext(ctx) {
			return resp
		}
		return note(r, graphql.GetOperationContext(ctx), resp, guard)
	}
}

// note is recorded for the answer of an operation.
func note(r *notes.Notes, op *graphql.OperationContext, resp *graphql.Response, guard *limits.Guard) *graphql.Response {
	describe(r, op)
	for _, err := range resp.Errors {
		r.Limit = cmp.Or(r.Limit, limitOf(err))
		if code := transport.Code(err); !slices.Contains(r.Codes, code) {
			r.Codes = append(r.Codes, code)
		}
	}
	var told map[string]any
	if op.Headers.Get(costHeader) != "" {
		told = map[string]any{"calls": r.Calls(), "cached": r.Hits(),
			"durationMs": float64(time.Since(op.Stats.OperationStart).Microseconds()) / 1000}
		if planned(op) != nil {
			told["estimatedPages"], told["maxPages"] = guard.Pages(op)
		}
	}
	if told == nil && r.Stale() {
		told = map[string]any{}
	}
	if asOf := r.AsOf(); told != nil && asOf != 0 {
		told["asOf"] = census.DateTime(asOf).String()
	}
	if r.Stale() {
		told["stale"] = true
	}
	if told != nil {
		if resp.Extensions == nil {
			resp.Extensions = map[string]any{}
		}
		resp.Extensions["census"] = told
	}
	return resp
}
