package observe

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReadiness(t *testing.T) {
	a := NewAdmin(http.NotFoundHandler(), nil, false)
	for i, want := range []bool{false, true, false} { // before the start, serving, draining
		if i > 0 {
			a.SetReady(want)
		}
		status, body := 503, `{"ok":false,"checks":[{"name":"accepting","ok":false}]}`
		if want {
			status, body = 200, `{"ok":true,"checks":[{"name":"accepting","ok":true}]}`
		}
		if rec := get(a, "/readyz"); rec.Code != status || strings.TrimSpace(rec.Body.String()) != body {
			t.Errorf("%d: %d %s", i, rec.Code, rec.Body)
		}
		if live := get(a, "/livez"); live.Code != 200 || strings.TrimSpace(live.Body.String()) != `{"ok":true}` {
			t.Errorf("%d %s", live.Code, live.Body)
		}
	}
}

// A detail is in the body and does not change the status.
func TestReadinessDetail(t *testing.T) {
	a := NewAdmin(http.NotFoundHandler(), nil, false)
	works := false
	a.Detail("redis", func() bool { return works })
	a.SetReady(true)
	for want, set := range map[string]bool{`{"name":"redis","ok":false}`: false, `{"name":"redis","ok":true}`: true} {
		works = set
		if rec := get(a, "/readyz"); rec.Code != 200 || !strings.Contains(rec.Body.String(), want) || !strings.HasPrefix(rec.Body.String(), `{"ok":true,`) {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	}
}

func TestAdminPaths(t *testing.T) {
	o := New(Options{})
	off := NewAdmin(o.MetricsHandler(), nil, false)
	on := NewAdmin(o.MetricsHandler(), nil, true)
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
