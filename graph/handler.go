package graph

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"

	"census-gateway/graph/documents"
	"census-gateway/graph/federation"
	"census-gateway/graph/inputs"
	"census-gateway/graph/limits"
	"census-gateway/graph/transport"
	"census-gateway/internal/errcodes"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
)

// Handler returns a handler of GraphQL over HTTP. census returns the client for the request of a
// context.
func Handler(census func(context.Context) *upstream.Client, opt Options) (http.Handler, error) {
	opt.setDefaults()
	schema := newSchema(&Resolver{appURL: opt.AppURL, groupNames: opt.GroupNames})
	schema.hold = opt.Hold
	if err := requirePrices(schema.schema, fieldPrices()); err != nil {
		return nil, err
	}
	guard, err := limits.New(schema.Schema(), fieldPrices(), limits.Options{
		Limits: opt.Limits, Values: documents.Values,
	})
	if err != nil {
		return nil, err
	}
	given := inputs.New(schema.Schema(), inputs.Options{Scalars: scalars, Code: errcodes.BadUserInput, Values: documents.Values, Secret: !opt.Limits.Introspection})
	panicked := func(ctx context.Context, value any, stack []byte) {
		opt.Log.ErrorContext(ctx, "panic", "value", fmt.Sprint(value), "stack", string(stack))
	}
	parsed := documents.NewParsed()
	srv := handler.New(schema)
	srv.SetQueryCache(parsed)
	srv.SetParserTokenLimit(opt.MaxTokens)
	if !opt.Limits.Introspection {
		srv.SetDisableSuggestion(true)
		srv.SetValidationRulesFn(limits.RulesWithoutSuggestions)
	}
	srv.SetRecoverFunc(transport.Recover(panicked))
	srv.Use(parsed) // before all extensions that store values beside a document
	srv.Use(given)  // before all extensions that read variables
	srv.Use(guard)  // before all extensions that walk a document, since it limits the walk
	srv.Use(documents.Persisted{Automatic: documents.NewTexts(opt.Queries), Trusted: opt.Trusted, RequireTrusted: opt.OnlyTrusted,
		OnTrusted: func(ctx context.Context, id string) {
			if n := notes.Of(ctx); n != nil {
				n.Trusted = id
			}
		}})
	if opt.Federation {
		x := federation.Extension{MaxTokens: opt.MaxTokens}
		if opt.Limits.Introspection {
			if x.SDL, err = federation.SDL(sources[0].Input); err != nil {
				return nil, err
			}
		}
		srv.Use(x)
	}
	srv.Use(documents.Escapes{Known: parsed.Has})
	srv.Use(limits.Repeats{Known: parsed.Has})
	srv.AroundResponses(recordAnswers(guard))
	srv.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		return next(withLoaders(ctx, census(ctx), &opt))
	})
	transport.Add(srv, transport.Options{MaxBody: opt.MaxBody, MaxDocument: opt.MaxDocument,
		Present: errorPresenter(opt.Log, opt.OwnTokens), Variables: given.Variables, OnPanic: panicked, Last: opt.Last,
		Release: func(data []byte) { reuseBuffer(&data) },
		Headers: func(ctx context.Context, resp *graphql.Response, h http.Header) {
			r := notes.Of(ctx)
			if r == nil || resp == nil {
				return
			}
			if asOf := r.AsOf(); asOf != 0 {
				h["Age"] = []string{strconv.FormatInt(max(time.Since(time.UnixMilli(asOf)).Milliseconds(), 0)/1000, 10)}
			}
			if opt.OnFresh != nil {
				opt.OnFresh(ctx, r.Fresh())
			}
		}})
	return srv, nil
}
