package observe

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestReadiness(t *testing.T) {
	works := Probe{"redis", func(context.Context) error { return nil }}
	fails := Probe{"census", func(context.Context) error { return errors.New("dial 10.0.0.7: secret-token:" + canary) }}
	hangs := Probe{"slow", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
	panics := Probe{"broken", func(context.Context) error { panic("oh " + canary) }}
	for _, c := range []struct {
		name   string
		ready  bool
		probes []Probe
		status int
		body   string
	}{
		{"not started", false, nil, 503, `{"ok":false,"checks":[{"name":"accepting","ok":false}]}`},
		{"draining does not ask", false, []Probe{works}, 503, `{"ok":false,"checks":[{"name":"accepting","ok":false}]}`},
		{"ready", true, nil, 200, `{"ok":true,"checks":[{"name":"accepting","ok":true}]}`},
		{"all well", true, []Probe{works}, 200, `{"ok":true,"checks":[{"name":"accepting","ok":true},{"name":"redis","ok":true}]}`},
		{"one fails", true, []Probe{works, fails}, 503, `{"ok":false,"checks":[{"name":"accepting","ok":true},{"name":"redis","ok":true},{"name":"census","ok":false}]}`},
		{"one hangs", true, []Probe{hangs, works}, 503, `{"ok":false,"checks":[{"name":"accepting","ok":true},{"name":"slow","ok":false},{"name":"redis","ok":true}]}`},
		{"one panics", true, []Probe{panics}, 503, `{"ok":false,"checks":[{"name":"accepting","ok":true},{"name":"broken","ok":false}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var buf bytes.Buffer
				log, _ := NewLogger(&buf, "text", "", nil)
				a := NewAdmin(http.NotFoundHandler(), AdminOptions{Probes: c.probes, Logger: log})
				a.SetReady(c.ready)
				start := time.Now()
				rec := get(a, "/readyz")
				if rec.Code != c.status || strings.TrimSpace(rec.Body.String()) != c.body {
					t.Errorf("%d %s", rec.Code, rec.Body)
				}
				if took := time.Since(start); took > 1100*time.Millisecond {
					t.Errorf("took %v", took)
				}
				if live := get(a, "/livez"); live.Code != 200 || strings.TrimSpace(live.Body.String()) != `{"ok":true}` {
					t.Errorf("%d %s", live.Code, live.Body)
				}
				if strings.Contains(buf.String(), "token:"+canary) {
					t.Error(buf.String())
				}
			})
		})
	}
}

func TestProbesAreAskedOnceInAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		down := atomic.Bool{}
		a := NewAdmin(http.NotFoundHandler(), AdminOptions{Probes: []Probe{{"p", func(context.Context) error {
			asked.Add(1)
			time.Sleep(100 * time.Millisecond)
			if down.Load() {
				return errors.New("down")
			}
			return nil
		}}}})
		a.SetReady(true)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if rec := get(a, "/readyz"); rec.Code != 200 {
					t.Error(rec.Code)
				}
			})
		}
		wg.Wait()
		down.Store(true)
		if rec := get(a, "/readyz"); rec.Code != 200 || asked.Load() != 1 {
			t.Errorf("%d after %d probes", rec.Code, asked.Load())
		}
		time.Sleep(6 * time.Second)
		if rec := get(a, "/readyz"); rec.Code != 503 || asked.Load() != 2 {
			t.Errorf("%d after %d probes", rec.Code, asked.Load())
		}
	})
}

func TestProbeThatIgnoresItsContextIsNotAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		release := make(chan struct{})
		a := NewAdmin(http.NotFoundHandler(), AdminOptions{Probes: []Probe{{"deaf", func(context.Context) error {
			asked.Add(1)
			<-release
			return nil
		}}}})
		a.SetReady(true)
		for range 5 {
			if rec := get(a, "/readyz"); rec.Code != 503 || asked.Load() != 1 {
				t.Errorf("%d after %d probes", rec.Code, asked.Load())
			}
			time.Sleep(6 * time.Second)
		}
		close(release)
		if rec := get(a, "/readyz"); rec.Code != 200 {
			t.Error("it came back and nobody noticed")
		}
	})
}

func TestAdminPaths(t *testing.T) {
	o := New(Options{})
	off := NewAdmin(o.MetricsHandler(), AdminOptions{})
	on := NewAdmin(o.MetricsHandler(), AdminOptions{Pprof: true})
	for _, c := range []struct {
		path    string
		off, on int
	}{
		{"/metrics", 200, 200}, {"/livez", 200, 200}, {"/readyz", 503, 503}, {"/", 404, 404},
		{"/debug/pprof/", 404, 200}, {"/debug/pprof/heap?debug=1", 404, 200}, {"/debug/pprof/symbol", 404, 200},
		{"/debug/pprof/cmdline", 404, 404},
	} {
		for a, want := range map[*Admin]int{off: c.off, on: c.on} {
			rec := get(a, c.path)
			if rec.Code != want || rec.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %d, want %d", c.path, rec.Code, want)
			}
		}
	}
	rec := httptest.NewRecorder()
	off.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/metrics", nil))
	if rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST /metrics: %d", rec.Code)
	}
}
