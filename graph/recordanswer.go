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

// NoteRead records, in the notes of ctx's request, data read from Census or from memory.
func NoteRead(ctx context.Context, read upstream.ReadReport) {
	of := notes.Of(ctx)
	if read.Cached {
		of.Found()
	}
	of.Read(read.Until, read.AsOf, read.Stale)
}

// LimitTokens is the name of the parser's limit on the tokens of a document.
const LimitTokens = "tokens"

// limitNameOf returns the name of the limit that err is about; "" if it is not about a limit.
func limitNameOf(err *gqlerror.Error) string {
	if limit, ok := err.Extensions["limit"].(string); ok && transport.Code(err) == errcodes.QueryTooExpensive {
		return limit
	}
	if transport.Code(err) == errcodes.ParseFailed && strings.Contains(err.Message, "token limit") {
		return LimitTokens
	}
	return ""
}

// describeOperation records the operation in r.
func describeOperation(r *notes.Notes, op *graphql.OperationContext) {
	r.Document, r.Name = documentHashOf(op), op.OperationName
	if p := planIn(op); p != nil {
		r.Deprecated = p.deprecated
	}
	if op.Operation != nil {
		r.Type = string(op.Operation.Operation)
		r.Name = op.Operation.Name
	}
}

// costHeader is the request header that requests extensions.census.
const costHeader = "X-Census-Cost"

// recordAnswers returns a middleware that records the result of an answer in the notes of the
// request. If the client requested the cost, or the answer is stale, it adds extensions.census to
// the answer. guard has the estimated price.
func recordAnswers(guard *limits.Guard) graphql.ResponseMiddleware {
	return func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		resp := next(ctx)
		r := notes.Of(ctx)
		if r == nil || resp == nil || !graphql.HasOperationContext(ctx) {
			return resp
		}
		return recordAnswer(r, graphql.GetOperationContext(ctx), resp, guard)
	}
}

// recordAnswer records the answer of one operation.
func recordAnswer(r *notes.Notes, op *graphql.OperationContext, resp *graphql.Response, guard *limits.Guard) *graphql.Response {
	describeOperation(r, op)
	for _, err := range resp.Errors {
		r.Limit = cmp.Or(r.Limit, limitNameOf(err))
		if code := transport.Code(err); !slices.Contains(r.Codes, code) {
			r.Codes = append(r.Codes, code)
		}
	}
	var cost map[string]any
	if op.Headers.Get(costHeader) != "" {
		cost = map[string]any{"calls": r.Calls(), "cached": r.Hits(),
			"durationMs": float64(time.Since(op.Stats.OperationStart).Microseconds()) / 1000}
		if planIn(op) != nil {
			cost["estimatedPages"], cost["maxPages"] = guard.Pages(op)
		}
	}
	if cost == nil && r.Stale() {
		cost = map[string]any{}
	}
	if asOf := r.AsOf(); cost != nil && asOf != 0 {
		cost["asOf"] = census.DateTime(asOf).String()
	}
	if r.Stale() {
		cost["stale"] = true
	}
	if cost != nil {
		if resp.Extensions == nil {
			resp.Extensions = map[string]any{}
		}
		resp.Extensions["census"] = cost
	}
	return resp
}
