package main

import (
	"io"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/edge/observe"
	"census-gateway/settings"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// A page cache that is too small for repeated reads writes one line to the log and sets two
// metrics. Their sum is a sufficient size.
func TestSmallPageCacheIsLogged(t *testing.T) {
	for cache, small := range map[string]bool{"100000": true, "67108864": false} {
		synctest.Test(t, func(t *testing.T) {
			s, _, err := settings.Read([]string{"--page-cache", cache}, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			log := new(transcript)
			g, err := open(t.Context(), s, log)
			if err != nil {
				t.Fatal(err)
			}
			for range 12 {
				for id := range 20 {
					if _, err := g.census.Runs(t.Context(), census.SyncID(50+id), paging.Window{Limit: 1000}); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Minute)
			}
			observe.Flush(g.log)
			rec := httptest.NewRecorder()
			g.observer.MetricsHandler().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
			metric := func(name string) int {
				m := regexp.MustCompile(`(?m)^census_gateway_page_cache_` + name + ` (\S+)$`).FindStringSubmatch(rec.Body.String())
				if m == nil {
					t.Fatalf("no %s in\n%s", name, rec.Body)
				}
				n, err := strconv.ParseFloat(m[1], 64)
				if err != nil {
					t.Fatal(err)
				}
				return int(n)
			}
			if strconv.Itoa(metric("limit_bytes")) != cache || (metric("missing_bytes") > 10_000) != small {
				t.Errorf("a cache of %s bytes: limit %d, missing %d", cache, metric("limit_bytes"), metric("missing_bytes"))
			}
			said := strings.Count(log.String(), "the page cache is too small")
			if said > 1 || said == 1 != small || small && !regexp.MustCompile(`limitBytes=100000 missingBytes=\d{5,}`).MatchString(log.String()) {
				t.Errorf("a cache of %s bytes: the log says\n%s", cache, log)
			}
		})
	}
}
