package e2e

import (
	"encoding/json"
	"strings"
	"testing"
)

// The metrics count trusted documents by id, however they are requested, and deprecated fields,
// also in cached answers.
func TestUsageIsCounted(t *testing.T) {
	t.Parallel()
	const text = "query lab { sync(id: 52) { latestRun { recordsInvalid ...old } } } fragment old on SyncRun { recordsInvalid }"
	manifest, err := json.Marshal(map[string]string{"lab": text, "other": "{ sync(id: 53) { databaseId } }"})
	if err != nil {
		t.Fatal(err)
	}
	g := start(t, "GATEWAY_TRUSTED_DOCUMENTS="+write(t, "documents.json", string(manifest)))
	for range 2 {
		g.post(t, `{"documentId":"lab"}`).answered(t)
	}
	g.post(t, `{"documentId":"sha256:`+hashOf(text)+`"}`).answered(t)
	g.post(t, `{"documentId":"nobody"}`)
	g.query(t, "{ sync(id: 52) { latestRun { recordsFailed } } }", nil).answered(t)
	metrics := do(t, "GET", g.admin+"/metrics", "").body
	for _, line := range []string{`census_gateway_document_operations_total{document="lab"} 3`, `census_gateway_deprecated_fields_total{field="SyncRun.recordsInvalid"} 3`} {
		if !strings.Contains(metrics, "\n"+line+"\n") {
			t.Errorf("no line %s in\n%s", line, metrics)
		}
	}
	if strings.Contains(metrics, `document="other"`) || strings.Contains(metrics, `"nobody"`) {
		t.Error("a document without requests is counted")
	}
}

// The cost in an answer includes the estimate and the limit.
func TestEstimateIsReported(t *testing.T) {
	t.Parallel()
	g := start(t, "GATEWAY_MAX_PAGES=100")
	var a struct {
		Extensions struct {
			Census struct{ Calls, EstimatedPages, MaxPages int }
		}
	}
	for range 2 { // the second from the cache
		answer := g.query(t, "query($n: Int) { syncs(ids: [52, 53, 54]) { nodes { label runs(first: $n) { nodes { id } } } } }", map[string]any{"n": 100}, "X-Census-Cost", "1")
		if err := json.Unmarshal([]byte(answer.body), &a); err != nil {
			t.Fatal(err)
		}
		if c := a.Extensions.Census; c.Calls < 4 || c.EstimatedPages < 3 || c.EstimatedPages > 20 || c.MaxPages != 100 {
			t.Errorf("cost %+v", c)
		}
	}
}

// With a rate limit, each answer has the remaining requests in its headers, also a cached one.
func TestRateLimitHeaders(t *testing.T) {
	t.Parallel()
	g := start(t, "GATEWAY_RATE=0.01", "GATEWAY_BURST=3")
	for i, left := range []string{"2", "1", "0", "0"} {
		a := g.query(t, "{ sync(id: 52) { databaseId } }", nil)
		if got := a.header.Get("RateLimit"); !strings.HasPrefix(got, `"caller";r=`+left+";t=") || a.header.Get("RateLimit-Policy") != `"caller";q=3;w=300` || len(a.header.Values("RateLimit")) != 1 {
			t.Errorf("request %d: %d %v", i, a.status, a.header)
		}
	}
}
