package main

import (
	"context"
	"net/http"

	"census-gateway/edge"
	"census-gateway/edge/answers"
	"census-gateway/edge/observe"
	"census-gateway/graph"
	"census-gateway/graph/transport"
	"census-gateway/upstream"
)

// observed keeps a record of each request and tells the observer of it.
func (g *gateway) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		ctx, end := g.observer.StartOperation(r.Context())
		ctx, record := graph.WithRecord(ctx)
		defer func() {
			caller, _ := edge.CallerFrom(ctx)
			end(observe.Operation{
				RequestID: edge.RequestIDFrom(ctx), Name: record.Name, Type: record.Type, Document: record.Document,
				Caller: caller.ID, CensusCalls: record.CensusCalls(), CacheHits: record.CacheHits(), Codes: codes(r.Context(), record, edge.Status(w)), Status: edge.Status(w),
			})
		}()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// canceled is the code of requests that ended before their answer: their client
// left, or the gateway did. Nobody reads it but the operator.
const canceled = "CANCELED"

// codes are those of the errors that a request was answered with, wherever it was
// refused.
func codes(ctx context.Context, record *graph.Record, status int) []string {
	refused := edge.RefusedFrom(ctx)
	switch {
	case ctx.Err() != nil && (status == 0 || len(record.Codes) > 0): // else it was whole before
		return []string{canceled}
	case refused != "": // also in place of an answer that was made
		return []string{refused}
	case len(record.Codes) > 0:
		return record.Codes
	case status == http.StatusRequestEntityTooLarge || status == http.StatusRequestURITooLong:
		return []string{transport.CodePayloadTooLarge} // the transports' own, see package transport
	case status >= http.StatusInternalServerError:
		return []string{transport.CodeInternal}
	case status >= http.StatusBadRequest:
		return []string{transport.CodeBadRequest}
	}
	return nil
}

// answerCache keeps whole answers. Who is answered from it has a record too, of
// what the answer was made for.
func answerCache(bytes int64) *answers.Cache {
	return answers.New(bytes, answers.Options{
		Note:  func(made *http.Request) any { return graph.RecordOf(made.Context()) },
		OnHit: func(r *http.Request, note any) { graph.RecordOf(r.Context()).Repeat(note.(*graph.Record)) },
	})
}

// observeCall tells the observer and the operation's record of a call to Census.
func (g *gateway) observeCall(ctx context.Context, endpoint string) (context.Context, func(upstream.Call)) {
	ctx, end := g.observer.StartCall(ctx, endpoint)
	return ctx, func(c upstream.Call) {
		graph.RecordOf(ctx).Called(c.Tries)
		end(observe.Call{Outcome: c.Outcome(), Status: c.Status, Tries: c.Tries})
	}
}
