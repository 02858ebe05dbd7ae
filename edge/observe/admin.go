package observe

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"sync"
	"sync/atomic"
	"time"
)

// AdminOptions are what an Admin can do without.
type AdminOptions struct {
	Probes       []Probe
	ProbeTimeout time.Duration // for one probe; 0 is 1 s
	ProbeEvery   time.Duration // an answer is good for this long; 0 is 5 s
	Pprof        bool          // serve /debug/pprof/
	Logger       *slog.Logger  // told why a probe failed; nil: nobody is
}

// Admin is the handler for operators: /metrics, /livez, /readyz and, where it
// is switched on, /debug/pprof/. It asks for no credentials, so it belongs on a
// listener of its own that clients do not reach.
type Admin struct {
	mux    *http.ServeMux
	ready  atomic.Bool
	checks []*check
}

// NewAdmin returns the handler, not ready yet: SetReady(true) says when. metrics
// is an Observer's MetricsHandler.
func NewAdmin(metrics http.Handler, opt AdminOptions) *Admin {
	a := &Admin{mux: http.NewServeMux()}
	log := cmp.Or(opt.Logger, slog.New(slog.DiscardHandler))
	for _, p := range opt.Probes {
		a.checks = append(a.checks, newCheck(p,
			cmp.Or(opt.ProbeTimeout, time.Second), cmp.Or(opt.ProbeEvery, 5*time.Second), log))
	}
	a.mux.Handle("GET /metrics", metrics)
	a.mux.HandleFunc("GET /livez", a.livez)
	a.mux.HandleFunc("GET /readyz", a.readyz)
	if opt.Pprof {
		// Not cmdline: a command line can hold secrets.
		a.mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		a.mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound)
		a.mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		a.mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		a.mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return a
}

// ServeHTTP answers one of the paths above, 404 for others.
func (a *Admin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	a.mux.ServeHTTP(w, r)
}

// SetReady says whether new work is welcome. A gateway that is told to stop
// says false first and then goes on serving until its balancer has noticed.
func (a *Admin) SetReady(ready bool) { a.ready.Store(ready) }

// livez answers 200 for as long as the process can answer at all.
func (a *Admin) livez(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, health{OK: true})
}

// health is the body of /livez and /readyz. It names checks and never says why
// one fails.
type health struct {
	OK     bool     `json:"ok"`
	Checks []result `json:"checks,omitempty"`
}

type result struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
}

// readyz answers 200 where the gateway takes requests and every probe succeeds,
// else 503. A gateway that takes none does not ask its probes.
func (a *Admin) readyz(w http.ResponseWriter, r *http.Request) {
	h := health{OK: a.ready.Load()}
	h.Checks = append(h.Checks, result{"accepting", h.OK})
	if h.OK {
		h.Checks = append(h.Checks, a.probe(r.Context())...)
	}
	for _, c := range h.Checks {
		h.OK = h.OK && c.OK
	}
	writeHealth(w, h)
}

// probe asks all probes at once.
func (a *Admin) probe(ctx context.Context) []result {
	results := make([]result, len(a.checks))
	var wg sync.WaitGroup
	for i, c := range a.checks {
		wg.Go(func() { results[i] = result{c.Name, c.answer(ctx)} })
	}
	wg.Wait()
	return results
}

func writeHealth(w http.ResponseWriter, h health) {
	w.Header().Set("Content-Type", "application/json")
	if !h.OK {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(h) // a prober that went away misses its answer
}
