package graph_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/graph"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// If the time of an operation runs out, missing parts report an error with their path and label.
// Nothing runs after that.
func TestTimeIsOverForDeferredParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census := sim.New(sim.Options{Now: time.Now})
		defer census.Inject(sim.Fault{Match: func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/53/sync_runs") }, Do: sim.Hang()})()
		client := upstream.New("canary", upstream.Options{BaseURL: sim.Base(), Transport: census.Transport()})
		h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{Timeout: 2 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"query":"{a:sync(id:53){id ...@defer(label:\"x\"){runs{totalCount}}}`+
			` b:sync(id:53){id ...@defer(label:\"y\"){url latestRun{id} ...@defer{latestRun{status}}}}}"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "multipart/mixed")
		w, start := httptest.NewRecorder(), time.Now()
		h.ServeHTTP(w, r)
		if took := time.Since(start); took < 1500*time.Millisecond || took > 2*time.Second {
			t.Errorf("took %v", took)
		}
		for _, part := range []string{
			`"data":{"runs":null},"path":["a"],"label":"x"}`, `"path":["a","runs"],"locations":`, `"latestRun":null`, `"path":["b","latestRun"],"locations":`,
			`"extensions":{"code":"UPSTREAM_TIMEOUT"}}],"data":`, `"hasNext":false}`,
		} {
			if !strings.Contains(w.Body.String(), part) {
				t.Errorf("no %s in %s", part, w.Body)
			}
		}
	})
}
