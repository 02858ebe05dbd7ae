package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// persistedRequest returns a request with the hash of a document, and with its text unless that is
// empty.
func persistedRequest(hash, query string) string {
	if query != "" {
		query = fmt.Sprintf("%q:%q,", "query", query)
	}
	return `{` + query + `"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}}`
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// A document registered by hash cannot be replaced by another one.
func TestPersistedDocumentsCannotBePoisoned(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings()...)
	const honest, evil = "{sync(id:52){label}}", "{syncs(first:1000){nodes{label}}}"
	g.post(t, persistedRequest(hashOf(honest), "")).refused(t, 400, unknownDoc)
	for name, request := range map[string]string{
		"another's text":          persistedRequest(hashOf(honest), evil),
		"a short hash":            persistedRequest("00", honest),
		"no hash":                 persistedRequest("", honest),
		"no hex":                  persistedRequest(strings.Repeat("z", 64), honest),
		"a hash that is too long": persistedRequest(strings.Repeat("a", 10_000), honest),
		"another version":         strings.Replace(persistedRequest(hashOf(honest), honest), `"version":1`, `"version":2`, 1),
		"a version in text":       strings.Replace(persistedRequest(hashOf(honest), honest), `"version":1`, `"version":"1"`, 1),
		"a hash that is a list":   `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":[]}}}`,
		"an empty object":         `{"extensions":{"persistedQuery":{}}}`,
	} {
		if a := g.post(t, request); a.status != 400 || a.code() != badRequest {
			t.Errorf("%s: %d %.200s", name, a.status, a.body)
		}
	}
	c.expectNoRequests(t)
	g.post(t, persistedRequest(hashOf(honest), "")).refused(t, 400, unknownDoc)
	g.post(t, persistedRequest(hashOf(honest), honest)).answered(t)
	if a := g.post(t, persistedRequest(hashOf(honest), "")); !strings.Contains(a.body, "Salesforce") {
		t.Errorf("by hash: %s", a.body)
	}
	g.post(t, persistedRequest(hashOf(evil), "")).refused(t, 400, unknownDoc)
}

// The memory limit of the garbage collector follows from the sizes of the caches; GOGC and
// GOMEMLIMIT override it.
func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	for _, l := range []struct {
		settings []string
		memory   float64 // maximum in bytes: a container may have less
		exact    bool
		percent  string
	}{
		{nil, 3 * (1056 << 20), false, "400"},
		{[]string{"GATEWAY_PAGE_CACHE=0", "GATEWAY_ANSWER_CACHE=0"}, 256 << 20, false, "400"},
		{[]string{"GOMEMLIMIT=123MiB", "GOGC=50"}, 123 << 20, true, "50"},
	} {
		metrics := do(t, "GET", start(t, l.settings...).admin+"/metrics", "").body
		value := func(name string) string {
			_, rest, _ := strings.Cut(metrics, "\n"+name+" ")
			text, _, _ := strings.Cut(rest, "\n")
			return text
		}
		memory, err := strconv.ParseFloat(value("go_gc_gomemlimit_bytes"), 64)
		if err != nil || memory > l.memory || memory < 1<<20 || l.exact && memory != l.memory || value("go_gc_gogc_percent") != l.percent {
			t.Errorf("%v: %v bytes, %s %%, %v", l.settings, memory, value("go_gc_gogc_percent"), err)
		}
	}
}

// The memory for documents, ids, operation names and variables is limited.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	g := start(t)
	padding := strings.Repeat(" ", 60_000)
	flood := func(n int, request func(i int) string) {
		ask := make(chan int)
		failed := make(chan error, 8)
		for range cap(failed) {
			go func() {
				var first error
				for i := range ask {
					if _, err := send("POST", "http://"+g.host+"/graphql", request(i), "Content-Type", asJSON); err != nil && first == nil {
						first = err
					}
				}
				failed <- first
			}()
		}
		for i := range n {
			ask <- i
		}
		close(ask)
		for range cap(failed) {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
	}
	flood(200, func(i int) string { return body(fmt.Sprintf("{sync(id:%d){id}}", i+1), nil) })
	before := g.rss(t)
	flood(3000, func(i int) string {
		query := fmt.Sprintf("query Q%d{sync(id:52){id}}", i) + padding
		return persistedRequest(hashOf(query), query)
	})
	flood(1000, func(i int) string { return body(fmt.Sprintf("query Q%d{sync(id:52){id}}", i)+padding, nil) })
	flood(1000, func(i int) string {
		return fmt.Sprintf(`{"query":"query($i:ID!){sync(id:$i){id}}","variables":{"i":"52","x%d":"%d%s"}}`, i, i, padding)
	})
	flood(100, func(i int) string {
		return `{"query":"{sync(id:52){id}}","variables":` + strings.Repeat(`{"a":[`, 40_000)
	})
	if now := g.rss(t); now-before > 150 {
		t.Errorf("%d MiB before, %d MiB after", before, now)
	}
}
