package e2e

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// API keys are accepted in both headers. Other credentials are rejected.
func TestAPIKeys(t *testing.T) {
	t.Parallel()
	const one, two = "cgw_ONEONEONEONEONEONEONEONE", "cgw_TWOTWOTWOTWOTWOTWOTWOTWO"
	c := newCensus(t, sim.Options{Token: censusToken})
	g := start(t, c.settings("GATEWAY_API_KEYS=one:"+hashOf(one), "GATEWAY_API_KEYS_FILE="+write(t, "keys", "# keys\n\ntwo "+hashOf(two)+"\n"))...)
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, k := range []struct {
		name, header, value string
		status              int
	}{
		{"Bearer", "Authorization", "Bearer " + one, 200},
		{"bearer", "Authorization", "bearer " + two, 200},
		{"X-API-Key", "X-API-Key", one, 200},
		{"none", "X-Nothing", "x", 401},
		{"unknown", "X-API-Key", one + "x", 401},
		{"shorter", "X-API-Key", one[:len(one)-1], 401},
		{"in lower case", "X-API-Key", strings.ToLower(one), 401},
		{"empty", "X-API-Key", "", 401},
		{"the hash", "X-API-Key", hashOf(one), 401},
		{"the name", "X-API-Key", "one", 401},
		{"Census's token", "Authorization", "Bearer " + censusToken, 401},
		{"Basic", "Authorization", basic("bearer:" + one), 401},
		{"no scheme", "Authorization", one, 401},
		{"two in one", "X-API-Key", one + "," + two, 401},
		{"5,000 letters", "X-API-Key", strings.Repeat("x", 5000), 401},
		{"in a cookie", "Cookie", "key=" + one, 401},
	} {
		c.takeRequests()
		a := g.query(t, "{sync(id:52){label}}", nil, k.header, k.value)
		if a.status != k.status {
			t.Errorf("%s: got %d, want %d: %.200s", k.name, a.status, k.status, a.body)
		}
		if k.status == 401 {
			a.refused(t, 401, unauthorized)
			c.expectNoRequests(t)
		}
	}
	g.do(t, "GET", "/graphql"+query52+"&key="+one+"&access_token="+one, "").refused(t, 401, unauthorized)
	if a := g.do(t, "GET", "/schema.graphql", ""); a.status != 401 {
		t.Errorf("/schema.graphql: %d", a.status)
	}
	if a := g.query(t, "{sync(id:52){id}}", nil, "X-API-Key", one, "Authorization", "Bearer x"); a.status != 200 {
		t.Errorf("both headers: %d", a.status)
	}
	if seen := c.credentials(); len(seen) != 1 || seen[0] != "Bearer "+censusToken {
		t.Errorf("Census saw %q", seen)
	}
	g.stop(t) // so that the log is complete
	for _, name := range []string{"caller=key:one", "caller=key:two"} {
		if !strings.Contains(g.log.String(), name) {
			t.Errorf("the log has no %s", name)
		}
	}
}

// Callers of a pass-through gateway see only the data that their own token allows, in sequence and
// concurrently.
func TestTenantsAreIsolated(t *testing.T) {
	t.Parallel()
	tenants := map[string]*sim.Census{}
	for _, name := range []string{"alpha", "beta"} {
		tenants["Bearer secret-token:"+name] = sim.New(sim.Options{Empty: true, Token: "secret-token:" + name})
		tenants["Bearer secret-token:"+name].AddSync(sim.Sync{ID: 52, Label: "Sync of " + name})
	}
	c := newCensus(t, sim.Options{Empty: true})
	c.Inject(sim.Fault{Do: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		time.Sleep(2 * time.Millisecond) // so that equal queries overlap
		if tenant := tenants[r.Header.Get("Authorization")]; tenant != nil {
			tenant.ServeHTTP(w, r)
			return
		}
		sim.JSON(401, `{"status":401}`)(w, r, nil)
	}})
	g := start(t, "CENSUS_BASE_URL="+c.url, "GATEWAY_PASS_THROUGH=true")
	ask := func(authorization string) (answer, error) {
		return send("POST", "http://"+g.host+"/graphql", body("{sync(id:52){label}syncs{nodes{label}}}", nil), "Content-Type", asJSON, "Authorization", authorization)
	}
	expect := func(name string) {
		a, err := ask("Bearer secret-token:" + name)
		want := fmt.Sprintf(`{"data":{"sync":{"label":"Sync of %s"},"syncs":{"nodes":[{"label":"Sync of %[1]s"}]}}}`, name)
		if err != nil || a.body != want {
			t.Errorf("%s: %v %.300s", name, err, a.body)
		}
	}
	for range 3 {
		expect("alpha")
		expect("beta")
	}
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() { expect([]string{"alpha", "beta"}[i%2]) })
	}
	all.Wait()
	if a, err := ask("Basic " + base64.StdEncoding.EncodeToString([]byte("bearer:secret-token:beta"))); err != nil || !strings.Contains(a.body, "Sync of beta") {
		t.Errorf("Basic: %v %s", err, a.body)
	}
	g.query(t, "{sync(id:52){label}}", nil).refused(t, 401, unauthorized)
	a := g.query(t, "{sync(id:52){label}}", nil, "Authorization", "Bearer secret-token:gamma")
	a.refusedAt(t, "sync", unauthorized)
	g.stop(t) // so that the log is complete
	for _, name := range []string{"alpha", "beta", "gamma", "secret-token"} {
		if strings.Contains(g.log.String(), name) {
			t.Errorf("the log contains %s", name)
		}
	}
}
