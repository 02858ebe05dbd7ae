package observe

import (
	"fmt"
	"io"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
)

// Admin is the handler for operators: /metrics, /livez, /readyz and, if enabled, /metrics/syncs and
// /debug/pprof/.
// It requires no credentials, so serve it on a separate listener that clients cannot reach.
type Admin struct {
	mux    *http.ServeMux
	ready  atomic.Bool
	detail *detail // may be nil
}

// NewAdmin returns the handler, not yet ready: call SetReady(true). metrics is an Observer's
// MetricsHandler. syncs serves /metrics/syncs; it may be nil. profiles enables /debug/pprof/.
func NewAdmin(metrics, syncs http.Handler, profiles bool) *Admin {
	a := &Admin{mux: http.NewServeMux()}
	a.mux.Handle("GET /metrics", metrics)
	if syncs != nil {
		a.mux.Handle("GET /metrics/syncs", syncs)
	}
	a.mux.HandleFunc("GET /livez", a.livez)
	a.mux.HandleFunc("GET /readyz", a.readyz)
	if profiles {
		// Without cmdline: a command line can contain secrets.
		a.mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		a.mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound)
		a.mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		a.mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		a.mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return a
}

// A detail is a check in the body of /readyz that does not change its status.
type detail struct {
	name string
	ok   func() bool
}

// Detail adds a check to /readyz for a service that the gateway can do without. Call it before
// serving.
func (a *Admin) Detail(name string, ok func() bool) { a.detail = &detail{name, ok} }

// ServeHTTP serves the paths above, and 404 for others.
func (a *Admin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	a.mux.ServeHTTP(w, r)
}

// SetReady sets whether the gateway accepts new work. During shutdown, call it with false first
// and continue to serve until the load balancer has noticed.
func (a *Admin) SetReady(ready bool) { a.ready.Store(ready) }

// livez answers 200 while the process can answer at all.
func (a *Admin) livez(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, true, `{"ok":true}`)
}

// readyz answers 200 if the gateway accepts requests, otherwise 503.
func (a *Admin) readyz(w http.ResponseWriter, _ *http.Request) {
	ready := a.ready.Load()
	checks := fmt.Sprintf(`{"name":"accepting","ok":%t}`, ready)
	if a.detail != nil {
		checks += fmt.Sprintf(`,{"name":%q,"ok":%t}`, a.detail.name, a.detail.ok())
	}
	writeHealth(w, ready, fmt.Sprintf(`{"ok":%t,"checks":[%s]}`, ready, checks))
}

func writeHealth(w http.ResponseWriter, ok bool, body string) {
	w.Header().Set("Content-Type", "application/json")
	if !ok {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	io.WriteString(w, body+"\n")
}
