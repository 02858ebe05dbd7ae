package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"

	"census-gateway/edge"
	"census-gateway/edge/answers"
	"census-gateway/edge/observe"
	"census-gateway/graph"
	"census-gateway/graph/documents"
	"census-gateway/graph/transport"
	"census-gateway/upstream"
)

// graph is the GraphQL handler, as the settings have it.
func (g *gateway) graph(s settings) (http.Handler, error) {
	opt := graph.Options{
		Log: g.log, Timeout: s.Timeout, MaxBody: s.MaxBody, MaxDocument: s.MaxDocument, MaxTokens: s.MaxTokens, MaxErrors: s.MaxErrors, Limits: s.limits(),
		OnlyTrusted: s.OnlyTrusted, OwnTokens: s.PassThrough,
		AppURL: appURL(s), OnLimit: g.observer.LimitHit, OnBatch: g.observer.StartBatch, OnFresh: answers.Fresh,
	}
	if s.Documents != "" {
		trusted, err := documents.LoadTrusted(s.Documents)
		if err != nil {
			return nil, fmt.Errorf("GATEWAY_TRUSTED_DOCUMENTS (--trusted-documents): %w", err)
		}
		opt.Trusted = trusted
	}
	return graph.Handler(func(ctx context.Context) *upstream.Client {
		if caller, ok := edge.CallerFrom(ctx); ok && s.PassThrough {
			return g.census.WithToken(caller.Token.Reveal())
		}
		return g.census
	}, opt)
}

// appURL is where Census's own pages are: the host that its API is on; "" for the
// simulated one, which has no pages.
func appURL(s settings) string {
	u, err := url.Parse(s.BaseURL)
	if err != nil || s.simulated() {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// answerCache keeps whole answers. Who is answered from it has a record too, of
// what the answer was made for.
func answerCache(bytes int64) *answers.Cache {
	return answers.New(bytes, answers.Options{
		Note:  func(made *http.Request) any { return graph.RecordOf(made.Context()) },
		OnHit: func(r *http.Request, note any) { graph.RecordOf(r.Context()).Repeat(note.(*graph.Record)) },
	})
}

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

// reload reads the settings again for each signal and puts a handler made from
// them in place of the present one, which finishes what it has begun. Settings
// that are wrong, or fixed and other than at the start, change nothing.
func (g *gateway) reload(ctx context.Context, args []string, start settings, signals <-chan os.Signal, now *atomic.Pointer[http.Handler]) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
		}
		s, _, err := parse(args, os.Stderr)
		if err == nil {
			err = s.changes(start)
		}
		if err == nil {
			var handler http.Handler
			if handler, err = g.handler(ctx, s); err == nil {
				now.Store(&handler)
			}
		}
		if err != nil {
			g.log.Error("settings not read again: the present ones stay", "error", err)
		} else {
			g.log.Info("settings read again")
		}
	}
}
