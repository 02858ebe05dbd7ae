package main

import (
	"context"
	"net/http"

	"census-gateway/edge"
	"census-gateway/edge/answers"
	"census-gateway/edge/observe"
	"census-gateway/internal/errcodes"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
)

// observed returns a layer that records each request and reports it to the observer.
func (g *gateway) observed(proxies edge.Proxies) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions {
				next.ServeHTTP(w, r)
				return
			}
			ctx, end := g.observer.StartOperation(r.Context())
			record := notes.Of(ctx)
			defer func() {
				caller, _ := edge.CallerFrom(ctx)
				app, version := appOf(r.Header)
				refusal := edge.TakeRefusal(ctx)
				codes := codes(r.Context(), refusal, record, edge.Status(w))
				end(observe.Operation{
					RequestID: record.ID, Name: record.Name, Type: record.Type, Document: record.Document, Trusted: record.Trusted, Deprecated: record.Deprecated,
					Caller: caller.ID, Client: proxies.Client(r), App: app, AppVersion: version,
					CensusCalls: record.Calls(), CacheHits: record.Hits(), Codes: codes, Status: edge.Status(w),
					Refusal: refusalOf(refusal, record, codes),
				})
			}()
			if ctx != r.Context() { // the request is in a span
				r = r.WithContext(ctx)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// appOf returns the client's name and version, sent by either convention.
func appOf(h http.Header) (name, version string) {
	if names := h["Graphql-Client-Name"]; len(names) > 0 {
		return names[0], h.Get("Graphql-Client-Version")
	}
	if names := h["Apollographql-Client-Name"]; len(names) > 0 {
		return names[0], h.Get("Apollographql-Client-Version")
	}
	return "", ""
}

// codes returns the error codes of an answer, whichever layer rejected the request.
func codes(ctx context.Context, refusal *edge.Refusal, record *notes.Notes, status int) []string {
	switch {
	case ctx.Err() != nil && (status == 0 || len(record.Codes) > 0): // otherwise the answer was complete before
		return []string{errcodes.Canceled}
	case refusal != nil: // also when it replaced an answer
		return []string{refusal.Code}
	case len(record.Codes) > 0:
		return record.Codes
	case status >= http.StatusInternalServerError:
		return []string{errcodes.Internal}
	case status >= http.StatusBadRequest:
		return []string{errcodes.BadRequest}
	}
	return nil
}

// answerCache returns a cache of whole answers. A request answered from it gets the record of the
// request that made the answer.
func answerCache(bytes int64) *answers.Cache {
	return answers.New(bytes, answers.Options{
		Note: func(made *http.Request) any {
			operation := notes.Of(made.Context()).Operation
			return &operation
		},
		OnHit: func(r *http.Request, note any) {
			info := notes.Of(r.Context())
			info.Operation = *note.(*notes.Operation)
			info.Found()
		},
	})
}

// observeCall reports a call to Census to the observer and to the operation's record.
func (g *gateway) observeCall(ctx context.Context, endpoint string) (context.Context, func(calls.Call)) {
	ctx, end := g.observer.StartCall(ctx, endpoint)
	return ctx, func(c calls.Call) {
		notes.Of(ctx).Called(c.Tries)
		end(observe.Call{Outcome: c.Outcome(), Status: c.Status, Tries: c.Tries})
	}
}

// warnSmallCache logs that the page cache is too small.
func (g *gateway) warnSmallCache(s upstream.CacheStats) {
	g.log.Warn("the page cache is too small, so Census is called again for what it evicted: set GATEWAY_PAGE_CACHE to at least the sum of limit and missing",
		"limitBytes", s.Limit, "missingBytes", s.Missing)
}
