// Command census-gateway serves a GraphQL API over Census sync runs.
//
// Without any setting it serves a simulated Census. See README.md.
package main

//go:generate go run ./tools/gen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"census-gateway/edge"
	"census-gateway/edge/answers"
	"census-gateway/edge/dashboard"
	"census-gateway/edge/observe"
	"census-gateway/graph"
	"census-gateway/graph/alerts"
	"census-gateway/graph/live"
	"census-gateway/graph/notify"
	"census-gateway/graph/syncmetrics"
	"census-gateway/redis"
	"census-gateway/settings"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/sim"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal kills the process
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	if err := run(ctx, os.Args[1:], hup, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "census-gateway:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. Each value received from reload makes it read its settings again.
func run(ctx context.Context, args []string, reload <-chan os.Signal, out, errOut io.Writer) error {
	if do := command(args); do != nil {
		return do(ctx, out, errOut)
	}
	s, done, err := settings.Read(args, out)
	switch {
	case err != nil || done:
		return err
	case s.Version:
		version, commit := observe.Build()
		_, err := fmt.Fprintf(out, "census-gateway %s, commit %s, %s\n", version, commit, runtime.Version())
		return err
	case s.NewKey != nil:
		return newKey(*s.NewKey, out, errOut)
	}
	edge.TuneMemory(os.Getenv, s.PageCache+s.AnswerCache)
	g, err := open(ctx, s, errOut)
	if err != nil {
		return err
	}
	defer observe.Flush(g.log)
	if names := settings.Misnamed(os.Environ()); len(names) > 0 {
		g.log.Warn("unknown settings in the environment, ignored: see --help for the known ones", "names", names)
	}
	defer g.tracing.Shutdown(context.WithoutCancel(ctx))
	defer g.closeRedis()
	handler, err := g.handler(ctx, s)
	if err != nil {
		return err
	}
	if s.CheckConfig {
		s.Print(out)
		_, err := g.tryCensus(ctx, s)
		return errors.Join(append(g.sources.kept, err)...)
	}
	if len(g.sources.kept) > 0 { // only the JWKS can be missing here: any other missing source prevents the start
		g.log.Error("started without the JWKS: JWTs are rejected until it can be read", "error", errors.Join(g.sources.kept...))
	} else {
		g.reloads.last.Store(time.Now().Unix())
	}
	var beside sync.WaitGroup
	beside.Go(func() { g.logCensus(ctx, s) })
	defer beside.Wait()
	if s.SyncMetrics {
		g.syncs = &syncmetrics.Collector{Client: g.census, Watchers: g.watch}
		beside.Go(func() { g.syncs.Run(ctx) })
	}
	if g.alerts != nil {
		beside.Go(func() { g.alerts.Run(ctx, g.census, g.watch) })
	}
	var now atomic.Pointer[http.Handler]
	now.Store(&handler)
	go g.reload(ctx, args, s, reload, &now)
	return g.serve(ctx, s, out, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*now.Load()).ServeHTTP(w, r)
	}))
}

// A gateway holds the state that survives a change of settings.
type gateway struct {
	log            *slog.Logger
	tracing        *observe.Tracing
	observer       *observe.Observer
	sim            *sim.Census // nil unless the Census or its REST API is simulated
	answers        *answers.Cache
	census         *upstream.Client
	redis          *redis.Client // nil if no Redis is shared with other gateways
	answerMemory   *edge.AnswerMemory
	streams        *edge.Streams
	watch          *live.Watchers
	webhooks       webhooks
	syncs          *syncmetrics.Collector // nil without the metrics of syncs
	alerts         *notify.Sender         // nil without a webhook of alerts
	reportedAlerts alerts.Reported
	rates          *edge.Rates               // of the previous settings; nil at first
	inFlight       *edge.InFlight            // the same
	served         settings.Settings         // the settings in force
	sources        sources                   // the data read for the settings in force
	jwks           atomic.Pointer[edge.JWKS] // the JWKS of sources, for the metrics; nil without JWTs
	reloads        reloads
	conns          atomic.Pointer[edge.Conns] // of the GraphQL listener; nil until it is open
}

// open makes a gateway that does not serve yet. Its log goes to errOut.
func open(ctx context.Context, s settings.Settings, errOut io.Writer) (*gateway, error) {
	log, err := observe.NewLogger(errOut, s.LogFormat, s.LogLevel, edge.RequestIDFrom)
	if err != nil {
		return nil, err
	}
	tracing, err := observe.NewTracing(ctx, os.Getenv, log)
	if err != nil {
		return nil, err
	}
	g := &gateway{log: log, tracing: tracing, observer: observe.New(observe.Options{Logger: log, Tracing: tracing})}
	if s.Simulated() || s.SimAddr != "" {
		g.sim = sim.New(sim.Options{Seed: 1, Elsewhere: 6})
		if s.SimVersion == "gone" {
			g.sim.Retire(sim.RetiredNotFound)
		}
	}
	if g.redis, err = openRedis(s, log); err != nil {
		return nil, err
	}
	if g.census = upstream.New(s.Token, g.upstream(s)); s.Groups != "" && g.census.Version() == calls.V1 {
		g.closeRedis()
		return nil, errors.New("CENSUS_GROUPS (--census-groups) needs V2 of Census's API, because V1 has no groups: set a CENSUS_BASE_URL that ends with /v2, or unset CENSUS_GROUPS")
	}
	g.answers, g.answerMemory = answerCache(s.AnswerCache), edge.NewAnswerMemory(s.MaxSending)
	g.streams, g.watch = edge.NewStreams(s.MaxSubscriptions), &live.Watchers{Calls: s.WatchCalls, OnChanged: g.answers.Forget}
	g.alerts = g.newSender(s)
	g.joinPeers()
	return g, errors.Join(
		g.observer.Watch(g.figures()...),
		g.observer.WatchPageCache(observe.Cache{
			Hits:    func() uint64 { return g.census.CacheStats().Hits },
			Misses:  func() uint64 { return g.census.CacheStats().Misses },
			Bytes:   func() int64 { return g.census.CacheStats().Bytes },
			Entries: func() int64 { return g.census.CacheStats().Entries },
			Limit:   func() int64 { return g.census.CacheStats().Limit },
			Missing: func() int64 { return g.census.CacheStats().Missing },
		}),
		g.observer.WatchAnswerCache(observe.Cache{Hits: g.answers.Hits, Misses: g.answers.Misses, Bytes: g.answers.Bytes, Entries: g.answers.Entries}))
}

// upstream returns the options for calling Census.
func (g *gateway) upstream(s settings.Settings) upstream.Options {
	opt := upstream.Options{BaseURL: s.BaseURL, Basic: s.Auth == "basic", Observe: g.observeCall,
		OnRead:    graph.NoteRead,
		OwnTokens: s.PassThrough, MaxCalls: s.Calls, PageCache: s.PageCache, Freshness: s.Freshness, Stale: s.Stale, OnShort: g.warnSmallCache}
	opt.Groups = s.GroupKeys()
	if g.redis != nil {
		opt.Store, opt.OnThrottle = g.redis, g.publishThrottle
	}
	if s.Simulated() {
		opt.BaseURL, opt.Transport = "http://simulated-census/api/"+s.SimAPI(), g.tracing.Outgoing(g.sim.Transport())
		return opt
	}
	opt.Transport = g.tracing.Outgoing(calls.Transport(s.Calls))
	return opt
}

// serve listens and serves until ctx ends and the requests in progress have finished.
func (g *gateway) serve(ctx context.Context, s settings.Settings, out io.Writer, handler http.Handler) error {
	var syncs http.Handler
	if g.syncs != nil {
		syncs = g.syncs.Handler()
	}
	admin := observe.NewAdmin(g.observer.MetricsHandler(), syncs, s.Pprof)
	if g.redis != nil {
		admin.Detail("redis", g.redis.Up)
	}
	doors := []*door{
		{setting: "GATEWAY_ADDR (--addr)", addr: s.Addr, message: "GraphQL at http://%s/graphql\n", handler: handler},
		{setting: "GATEWAY_ADMIN_ADDR (--admin-addr)", addr: s.AdminAddr, message: "Metrics and health at http://%s/metrics, /livez, /readyz\n", handler: local(s.AdminAddr, s.Hosts, admin)},
		{setting: "GATEWAY_SIM_ADDR (--sim-addr)", addr: s.SimAddr, message: "Simulated Census REST API at http://%s/api/" + s.SimAPI() + "\n", handler: local(s.SimAddr, s.Hosts, markSimulated(g.sim))},
	}
	doors = slices.DeleteFunc(doors, func(d *door) bool { return d.addr == "" })
	for i, d := range doors {
		var err error
		if d.listener, err = net.Listen("tcp", d.addr); err != nil {
			for _, open := range doors[:i] {
				open.listener.Close()
			}
			return fmt.Errorf("%s: %w", d.setting, err)
		}
	}
	if s.ServesGraphiQL() {
		fmt.Fprintf(out, "GraphiQL at http://%s/\n", browsable(doors[0].listener.Addr().String()))
	}
	if s.ServesDashboard() {
		fmt.Fprintf(out, "Dashboard at http://%s%s\n", browsable(doors[0].listener.Addr().String()), dashboard.Path)
	}
	switch {
	case s.Simulate:
		fmt.Fprintln(out, "Serving a simulated Census with made-up syncs and runs, because GATEWAY_SIMULATE is set.")
	case s.Simulated():
		fmt.Fprintln(out, "Serving a simulated Census with made-up syncs and runs, because CENSUS_API_TOKEN is not set.")
	default:
		fmt.Fprintln(out, "Serving Census at "+s.BaseURL+".")
	}
	for _, d := range doors {
		fmt.Fprintf(out, d.message, d.listener.Addr())
	}
	// The other servers outlive the first, so that health checks work until the end.
	others, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, len(doors))
	for _, d := range doors[1:] {
		go func() {
			ended <- edge.Drain{}.Serve(others, edge.NewServer(d.handler, edge.ServerOptions{Log: g.log}), d.listener)
		}()
	}
	admin.SetReady(true)
	drain := edge.Drain{LameDuck: s.LameDuck, OnDrain: func() { admin.SetReady(false) }, OnClosed: g.streams.Drain, Log: g.log}
	srv := edge.NewServer(handler, edge.ServerOptions{ReadHeaderTimeout: s.HeaderTimeout, ReadTimeout: s.BodyTimeout,
		WriteTimeout: s.Timeout + s.AnswerTimeout, IdleTimeout: s.IdleTimeout, MaxHeader: s.MaxHeader, Log: g.log})
	conns := edge.LimitConns(doors[0].listener, srv, s.MaxConnections)
	g.conns.Store(conns)
	errs := []error{drain.Serve(ctx, srv, conns)}
	g.streams.Wait(2 * time.Second) // the server does not wait for WebSockets
	stop()
	for range doors[1:] {
		errs = append(errs, <-ended)
	}
	return errors.Join(errs...)
}

// browsable returns a listen address as a browser on this machine can open it. An address for all
// interfaces becomes localhost.
func browsable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return addr
	}
	return net.JoinHostPort("localhost", port)
}

// local wraps handler. At a loopback address it serves only requests that name this machine or
// one of hosts, so that no web page can reach it.
func local(addr string, hosts []string, handler http.Handler) http.Handler {
	if edge.IsLoopback(addr) {
		return edge.CheckHost(hosts...)(handler)
	}
	return handler
}

// A door is an address and the handler that the gateway serves there.
type door struct {
	setting, addr string
	message       string // printed with the address it listens on
	handler       http.Handler
	listener      net.Listener
}
