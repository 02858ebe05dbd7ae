package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// Each limit lets its number pass and refuses one more, in an error that names
// the limit and both numbers.
func TestLimitsAtTheirEdge(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string { // of fields
		return "{sync(id:52){" + strings.Repeat("latestRun{sync{", (depth-2)/2) + [2]string{"id", "latestRun{id}"}[depth%2] + strings.Repeat("}}", (depth-2)/2) + "}}"
	}
	aliases := func(n int) string { return "{sync(id:52){" + repeat(n, "a%d:id ") + "}}" }
	directives := func(n int) string { return "{sync(id:52){" + repeat(n, "id@skip(if:false) ") + "}}" }
	selections := func(n int) string { // the spread of a fragment counts, and what is in it each time
		if n > 1000 {
			return "{sync(id:52){" + strings.Repeat("...F ", (n-1)/100) + repeat((n-1)%100, "id ") + "}}fragment F on Sync{" + repeat(99, "id ") + "}"
		}
		return "{sync(id:52){" + repeat(n-1, "id ") + "}}"
	}
	pages := func(n int) string { // what is skipped counts, and is not read
		if n > 11 { // fifty syncs to a page, and a page for each
			return fmt.Sprintf("{syncs(first:%d){nodes{latestRun@skip(if:true){id}id}}}", n-(n+50)/51)
		}
		return fmt.Sprintf("{sync(id:52){runs(first:%d){totalCount}}}", (n-1)*100)
	}
	rootFields := func(n int) string { return "{" + repeat(n, "a%d:__typename ") + "}" }
	tokens := func(n int) string { return "{sync(id:52){" + repeat(n-10, "id ") + "}}" }
	for _, l := range []struct {
		setting string
		limit   string // extensions.limit
		allowed []int  // values of the setting; 0 is the default
		usual   int    // the default
		query   func(n int) string
	}{
		{"GATEWAY_MAX_DEPTH", "depth", []int{0, 3, 8}, 12, nested},
		{"GATEWAY_MAX_ALIASES", "aliases", []int{0, 1, 7}, 30, aliases},
		{"GATEWAY_MAX_DIRECTIVES", "directives", []int{0, 1, 9}, 50, directives},
		{"GATEWAY_MAX_ROOT_FIELDS", "rootFields", []int{0, 4}, 20, rootFields},
		{"GATEWAY_MAX_SELECTIONS", "selections", []int{0, 2, 100}, 10_000, selections},
		{"GATEWAY_MAX_PAGES", "pages", []int{0, 2, 5, 11}, 1000, pages},
		{"GATEWAY_MAX_TOKENS", "", []int{0, 12, 500}, 2000, tokens},
	} {
		for _, n := range l.allowed {
			var settings []string
			if n != 0 {
				settings = append(settings, fmt.Sprintf("%s=%d", l.setting, n))
			} else {
				n = l.usual
			}
			t.Run(fmt.Sprintf("%s=%d", l.setting, n), func(t *testing.T) {
				g := start(t, settings...)
				g.query(t, l.query(n), nil).answered(t)
				a := g.query(t, l.query(n+1), nil)
				if l.limit == "" {
					a.refused(t, 400, parseFailed)
					return
				}
				a.refused(t, 400, tooExpensive)
				if e := a.Errors[0].Extensions; e.Limit != l.limit || e.Allowed != n || e.Actual != n+1 {
					t.Errorf("got %+v", e)
				}
				if m := do(t, "GET", g.admin+"/metrics", ""); !strings.Contains(m.body, `census_gateway_limits_hit_total{limit="`+l.limit+`"} 1`) {
					t.Errorf("not counted:\n%.2000s", m.body)
				}
			})
		}
	}
}

// The limits that are not of one number alone.
func TestFurtherLimits(t *testing.T) {
	t.Parallel()
	g, usual := start(t, "GATEWAY_MAX_BODY=1000", "GATEWAY_MAX_DOCUMENT=500", "GATEWAY_MAX_ROOT_FIELDS=4"), start(t)
	sized := func(n int) string {
		b := body("{sync(id:52){id}}", nil)
		return b + strings.Repeat(" ", n-len(b))
	}
	long := func(n int) string { return fmt.Sprintf("{sync(id:52){id}}%*s", n-len("{sync(id:52){id}}"), "") }
	for _, l := range []struct {
		g              *gateway
		body, document int
	}{{usual, 256 << 10, 64 << 10}, {g, 1000, 500}} {
		l.g.post(t, sized(l.body)).answered(t)
		l.g.post(t, sized(l.body+1)).refused(t, 413, tooLarge)
		l.g.query(t, long(l.document), nil).answered(t)
		l.g.query(t, long(l.document+1), nil).refused(t, 413, tooLarge)
	}
	for _, a := range g.raw(t, "POST /graphql HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"+chunked(sized(700), strings.Repeat(" ", 301))) {
		if a.status != 413 {
			t.Errorf("chunks: %d", a.status)
		}
	}
	g.query(t, "{a:__typename b:__typename c:__typename d:__typename}", nil).answered(t)
	g.query(t, "{a:__typename b:__typename c:__typename d:__typename ...F}fragment F on Query{a:__typename}", nil).answered(t)
	a := g.query(t, "{a:__typename b:__typename c:__typename d:__typename ...F}fragment F on Query{e:__typename}", nil)
	a.refused(t, 400, tooExpensive)
	if e := a.Errors[0].Extensions; e.Limit != "rootFields" || e.Allowed != 4 || e.Actual != 5 {
		t.Errorf("got %+v", e)
	}

	for n, code := range map[int]string{100: "", 101: badInput} {
		if a := usual.query(t, "{nodes(ids:["+strings.Repeat(`"Sync:52",`, n)+"]){id}}", nil); a.code() != code {
			t.Errorf("%d ids: %.200s", n, a.body)
		}
	}
	for n, code := range map[int]string{500: "", 501: badInput} {
		if a := usual.query(t, "{syncs(ids:["+repeat(n+1, `"%d7",`)[len(`"07",`):]+"]){nodes{id}}}", nil); a.code() != code {
			t.Errorf("%d syncs: %.200s", n, a.body)
		}
	}
}

// No more errors are told than the limit, of documents and of answers; how many
// were left out is said.
func TestErrorsAtTheirEdge(t *testing.T) {
	t.Parallel()
	for most, settings := range map[int][]string{20: nil, 3: {"GATEWAY_MAX_ERRORS=3"}, 1: {"GATEWAY_MAX_ERRORS=1"}} {
		g := start(t, settings...)
		for what, ask := range map[string]func(n int) answer{
			"a document": func(n int) answer { return g.query(t, "{"+repeat(n, "f%d ")+"}", nil) },
			"an answer":  func(n int) answer { return g.query(t, "{nodes(ids:["+repeat(n, `"x%d",`)+"]){id}}", nil) },
		} {
			for n, end := range map[int]string{most: "", most + 1: `,"extensions":{"errorsOmitted":1}}`, most + 30: `,"extensions":{"errorsOmitted":30}}`} {
				a := ask(n)
				if len(a.Errors) != min(n, most) || !strings.HasSuffix(a.body, end) || strings.Contains(a.body, "errorsOmitted") != (end != "") {
					t.Errorf("%d of %d errors of %s: %d are told: %s", most, n, what, len(a.Errors), a.body)
				}
			}
		}
		// Beside what else stands there.
		if a := g.query(t, "{nodes(ids:["+repeat(most+1, `"x%d",`)+"]){id}}", nil, "X-Census-Cost", "1"); !strings.Contains(a.body, `"errorsOmitted":1`) || !strings.Contains(a.body, `"census":{`) {
			t.Errorf("with its cost: %s", a.body)
		}
	}
}

// An operation has its time and no more; what is there by then is answered.
func TestOperationTimeout(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings("GATEWAY_OPERATION_TIMEOUT=500ms")...)
	c.Inject(sim.Fault{Match: sim.Path("/syncs/51/sync_runs"), Do: sim.Hang()})
	a := g.query(t, "{good:sync(id:52){latestRun{id}} bad:sync(id:51){latestRun{id}}}", nil)
	a.refusedAt(t, "bad", censusTimeout)
	if a.status != 200 || !strings.Contains(a.body, `"good":{"latestRun":{"id":`) || a.took < 500*time.Millisecond || a.took > 4*time.Second { // a call to Census has 5 s
		t.Errorf("%d after %s: %s", a.status, a.took, a.body)
	}
}

// Operations beyond the places are refused soon, with a time to come back; a
// place that is free again is taken.
func TestOverload(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings("GATEWAY_MAX_IN_FLIGHT=3", "GATEWAY_OPERATION_TIMEOUT=30s")...)
	hold := make(chan struct{})
	remove := c.Inject(sim.Fault{Do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		<-hold
		honest.ServeHTTP(w, r)
	}})
	var held sync.WaitGroup
	for i := range 3 {
		held.Go(func() {
			a, err := try("POST", "http://"+g.host+"/graphql", body("{sync(id:"+itoa(int64(50+i))+"){label}}", nil), "Content-Type", asJSON)
			if err != nil || a.status != 200 || a.code() != "" {
				t.Errorf("held: %v %d %s", err, a.status, a.body)
			}
		})
	}
	until(t, "three calls to Census", func() bool { return len(c.Calls()) == 3 })
	a := g.query(t, "{sync(id:53){label}}", nil)
	a.refused(t, 503, overloaded)
	if a.header.Get("Retry-After") != "1" || a.Errors[0].Extensions.RetryAfterSeconds != 1 {
		t.Errorf("%v %s", a.header, a.body)
	}
	if page := g.do(t, "GET", "/", ""); page.status != 200 {
		t.Errorf("the page: %d", page.status)
	}
	close(hold)
	held.Wait()
	remove()
	g.query(t, "{sync(id:52){label}}", nil).answered(t)
}

// There are as many places as are set and not one more, here all but one taken
// by requests whose bodies never end.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for most, settings := range map[int][]string{256: nil, 2: {"GATEWAY_MAX_IN_FLIGHT=2"}} {
		g := start(t, patient(append(settings, "GATEWAY_ANSWER_CACHE=0")...)...) // with one, bodies are read before a place is taken
		take := func() {
			if _, err := io.WriteString(g.dial(t), "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"); err != nil {
				t.Fatal(err)
			}
		}
		for range most - 1 {
			take()
		}
		taken := func() bool {
			return strings.Contains(do(t, "GET", g.admin+"/metrics", "").body, fmt.Sprintf("\ncensus_gateway_operations_in_flight %d\n", most-1))
		}
		until(t, "all but one are taken", taken)
		g.query(t, "{sync(id:52){id}}", nil).answered(t)
		take()
		until(t, "none is left", func() bool { return g.query(t, "{sync(id:52){id}}", nil).code() == overloaded })
	}
}

// One caller's rate is not another's.
func TestRate(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, "CENSUS_BASE_URL="+c.url, "GATEWAY_PASS_THROUGH=true", "GATEWAY_RATE=0.01", "GATEWAY_BURST=3")
	for _, caller := range []string{"Bearer one", "Bearer two"} {
		for range 3 {
			g.query(t, "{sync(id:52){label}}", nil, "Authorization", caller).answered(t)
		}
		a := g.query(t, "{sync(id:52){label}}", nil, "Authorization", caller)
		a.refused(t, 429, rateLimited)
		if e := a.Errors[0].Extensions; e.RetryAfterSeconds < 90 || e.RetryAfterSeconds > 100 || a.header.Get("Retry-After") == "" {
			t.Errorf("%+v %v", e, a.header)
		}
	}
}
