package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"census-gateway/edge"
	"census-gateway/edge/answers"
	"census-gateway/edge/dashboard"
	"census-gateway/edge/graphiql"
	"census-gateway/graph"
	"census-gateway/graph/documents"
	"census-gateway/graph/limits"
	"census-gateway/mcp"
	"census-gateway/settings"
	"census-gateway/upstream"
)

// waitSlack is how much longer than one operation a request may wait for the answer of an
// identical one.
const waitSlack = 100 * time.Millisecond

// handler builds the layers that a request passes, outermost first. See edge's package comment
// for the reasons for their order. If s cannot be applied, handler returns an error and leaves g
// unchanged.
func (g *gateway) handler(ctx context.Context, s settings.Settings) (http.Handler, error) {
	var now sources
	origins, err := edge.ParseOrigins(s.CORSOrigins, s.PassThrough || s.Keyed())
	if err != nil {
		return nil, fmt.Errorf("GATEWAY_CORS_ORIGINS (--cors-origins): %w", err)
	}
	proxies, err := edge.ParseProxies(s.Proxies)
	if err != nil {
		return nil, fmt.Errorf("GATEWAY_TRUSTED_PROXIES (--trusted-proxies): %w", err)
	}
	callers, err := g.authenticator(ctx, s, &now)
	if err != nil {
		return nil, err
	}
	handler, err := g.graph(s, &now)
	if err != nil {
		return nil, err
	}
	compress, err := edge.Compress()
	if err != nil {
		return nil, err
	}
	authenticate, rates := edge.Authenticate(callers), g.ratesFor(s)

	api := edge.Chain(handler,
		g.tracing.Incoming, g.observed(proxies), edge.CORS(origins), edge.CSRF(origins), authenticate,
		rates.Middleware, edge.ReadBody(s.MaxBody, s.Timeout+s.AnswerTimeout), g.answers.Middleware(s.Timeout+waitSlack), compress, g.inFlightFor(s).Middleware)
	mux := http.NewServeMux()
	inner := edge.Chain(api, edge.RequestID, edge.Refusals(g.reportRefused(proxies)), edge.Recover(g.log, g.answerMemory)) // for requests that the gateway makes for MCP calls and WebSockets
	if s.MCP {
		if err := g.serveMCP(mux, s, &now, inner, edge.CORS(origins), edge.CSRF(origins), authenticate); err != nil {
			return nil, err
		}
	}
	if s.ServesGraphiQL() {
		api = graphiql.ForBrowsers(api)
	}
	api = g.withWebSockets(api, inner, origins, s.MaxBody)
	mux.Handle("/graphql", api)
	mux.Handle("/graphql/{$}", api) // without a redirect, after which clients send GET or give up
	if s.Introspection {
		mux.Handle("GET /schema.graphql", edge.Chain(http.HandlerFunc(sdl), authenticate, rates.Middleware, compress))
	}
	if s.ServesGraphiQL() {
		page := graphiql.Handler(graphiql.Options{Simulated: s.Simulated(), Credentials: credentials(s)})
		for _, path := range []string{"/{$}", "/graphiql", "/playground", graphiql.Assets} {
			mux.Handle(path, page)
		}
	}
	if s.ServesDashboard() {
		page := dashboard.Handler(dashboard.Options{Simulated: s.Simulated(), Credentials: credentials(s)})
		mux.Handle(dashboard.Path, page)
		mux.Handle(dashboard.Path+"/", page)
	}
	layers := []func(http.Handler) http.Handler{edge.RequestID, edge.Refusals(g.reportRefused(proxies)), edge.SecurityHeaders, edge.Recover(g.log, g.answerMemory)}
	if s.Simulated() {
		layers = append(layers, markSimulated)
	}
	layers = append(layers, g.withWebhook(s.WebhookSecrets))
	if open := !s.Keyed() && !s.PassThrough; open && (edge.IsLoopback(s.Addr) || len(s.Hosts) > 0) {
		layers = append(layers, edge.CheckHost(s.Hosts...))
	}
	g.served, g.sources = s, now
	g.jwks.Store(now.jwks)
	return edge.Chain(mux, layers...), nil
}

// ratesFor returns the rate limiters for s. It keeps the existing ones, with what each caller has
// left, unless the rate or the burst changed.
func (g *gateway) ratesFor(s settings.Settings) *edge.Rates {
	if g.rates == nil || s.Rate != g.served.Rate || s.Burst != g.served.Burst {
		g.rates = edge.NewRates(edge.RateLimit{PerSecond: s.Rate, Burst: s.Burst})
	}
	return g.rates
}

// inFlightFor returns the limit on concurrent operations for s. It keeps the existing one, and
// the operations it counts, unless the limit changed.
func (g *gateway) inFlightFor(s settings.Settings) *edge.InFlight {
	if g.inFlight == nil || s.MaxInFlight != g.served.MaxInFlight {
		g.inFlight = edge.NewInFlight(s.MaxInFlight)
	}
	return g.inFlight
}

// graph returns the GraphQL handler for the settings.
func (g *gateway) graph(s settings.Settings, now *sources) (http.Handler, error) {
	opt := graph.Options{
		Log: g.log, Timeout: s.Timeout, MaxBody: s.MaxBody, MaxDocument: s.MaxDocument, MaxTokens: s.MaxTokens, Limits: limitsOf(s),
		OnlyTrusted: s.OnlyTrusted, Federation: s.Federation, OwnTokens: s.PassThrough,
		GroupNames: s.GroupNames(), AppURL: appURL(s), OnBatch: g.observer.StartBatch, OnFresh: answers.Fresh, Hold: edge.HasRoom,
		Watch: g.watch, ReportedAlerts: &g.reportedAlerts, Last: g.subscribe,
	}
	if g.redis != nil {
		opt.Queries = g.redis
	}
	if s.Documents != "" {
		trusted, err := documents.LoadTrusted(s.Documents)
		if err != nil {
			err = fmt.Errorf("GATEWAY_TRUSTED_DOCUMENTS (--trusted-documents): %w", err)
		}
		if now.trusted, err = keep(now, g.sources.trusted, trusted, err); err != nil {
			return nil, err
		}
		opt.Trusted = now.trusted
	}
	if s.MCP {
		opt.Trusted = opt.Trusted.With(mcp.Shipped)
	}
	if s.ServesDashboard() {
		opt.Trusted = opt.Trusted.With(dashboard.Documents())
	}
	return graph.Handler(func(ctx context.Context) *upstream.Client {
		if caller, ok := edge.CallerFrom(ctx); ok && s.PassThrough {
			return g.census.WithToken(caller.Token.Reveal())
		}
		return g.census
	}, opt)
}

// appURL returns the base URL of the Census web pages, on the host of the API. It returns "" for
// the simulated Census, which has no pages.
func appURL(s settings.Settings) string {
	u, err := url.Parse(s.BaseURL)
	if err != nil || s.Simulated() {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// markSimulated adds a header to every answer: the data is simulated.
func markSimulated(next http.Handler) http.Handler {
	yes := []string{"true"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["X-Census-Simulated"] = yes
		next.ServeHTTP(w, r)
	})
}

func sdl(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/graphql; charset=utf-8")
	io.WriteString(w, graph.SDL())
}

func limitsOf(s settings.Settings) limits.Limits {
	return limits.Limits{Depth: s.MaxDepth, Aliases: s.MaxAliases, RootFields: s.MaxRootFields, Directives: s.MaxDirectives,
		Selections: s.MaxSelections, Pages: s.MaxPages, Introspection: s.Introspection}
}
