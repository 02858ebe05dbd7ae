package observe

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// exercise uses every metric.
func exercise(t *testing.T, o *Observer) {
	t.Helper()
	_, end := o.StartOperation(background())
	end(succeededOperation())
	o.Operation(background(), failedOperation())
	o.Call(background(), readRuns())
	o.Refused(background(), Operation{Refusal: Refusal{Reason: "host"}})
	cache := Cache{
		Hits: func() uint64 { return 5 }, Misses: func() uint64 { return 2 },
		Bytes: func() int64 { return 4096 }, Entries: func() int64 { return 3 },
	}
	pages := cache
	pages.Limit, pages.Missing = func() int64 { return 8192 }, func() int64 { return 1024 }
	if err := o.WatchPageCache(pages); err != nil {
		t.Fatal(err)
	}
	if err := o.WatchAnswerCache(cache); err != nil {
		t.Fatal(err)
	}
}

// documented returns the metrics that docs/operations.md describes.
func documented(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n| metric, after `census_gateway_` |")
	table, _, _ = strings.Cut(table, "\n\n")
	var names []string
	for row := range strings.Lines(table) {
		for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(strings.SplitN(row, "|", 3)[1], -1) {
			names = append(names, "census_gateway_"+name[1])
		}
	}
	return names
}

func TestAllMetricsAreDocumented(t *testing.T) {
	o := New(Options{})
	exercise(t, o)
	families, err := o.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range families {
		switch name := f.GetName(); {
		case strings.HasPrefix(name, "go_"), strings.HasPrefix(name, "process_"):
		default:
			got = append(got, name)
		}
	}
	for _, name := range got {
		if !slices.Contains(documented(t), name) {
			t.Errorf("docs/operations.md does not have %s", name)
		}
	}
	for _, name := range []string{"go_goroutines", "process_open_fds"} {
		if n, err := testutil.GatherAndCount(o.registry, name); n != 1 || err != nil {
			t.Errorf("%s: %d %v", name, n, err)
		}
	}
}

func TestExpositionHasNoLint(t *testing.T) {
	o := New(Options{})
	exercise(t, o)
	problems, err := testutil.GatherAndLint(o.registry, documented(t)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestExposition(t *testing.T) {
	o := New(Options{})
	exercise(t, o)
	_, open := o.StartOperation(background())
	const want = `
# HELP census_gateway_census_calls_total Calls to Census, without retries, by endpoint and outcome.
# TYPE census_gateway_census_calls_total counter
census_gateway_census_calls_total{endpoint="GET /syncs/{id}/sync_runs",outcome="ok"} 1
# HELP census_gateway_census_retries_total HTTP requests to Census after the first of each call.
# TYPE census_gateway_census_retries_total counter
census_gateway_census_retries_total{endpoint="GET /syncs/{id}/sync_runs"} 1
# HELP census_gateway_caller_operations_total GraphQL operations answered, by API key; for all other callers by kind of credential.
# TYPE census_gateway_caller_operations_total counter
census_gateway_caller_operations_total{caller="key:team-a"} 2
# HELP census_gateway_refusals_total Requests rejected, by reason.
# TYPE census_gateway_refusals_total counter
census_gateway_refusals_total{reason="host"} 1
# HELP census_gateway_operations_in_flight GraphQL operations in progress.
# TYPE census_gateway_operations_in_flight gauge
census_gateway_operations_in_flight 1
# HELP census_gateway_operations_total GraphQL operations answered, by type and by the code of their first error (OK without errors).
# TYPE census_gateway_operations_total counter
census_gateway_operations_total{code="OK",operation_type="query"} 1
census_gateway_operations_total{code="UPSTREAM_TIMEOUT",operation_type="query"} 1
# HELP census_gateway_page_cache_bytes Bytes held by the cache of Census pages.
# TYPE census_gateway_page_cache_bytes gauge
census_gateway_page_cache_bytes 4096
# HELP census_gateway_page_cache_hits_total Reads answered from the cache of Census pages.
# TYPE census_gateway_page_cache_hits_total counter
census_gateway_page_cache_hits_total 5
# HELP census_gateway_page_cache_limit_bytes Maximum bytes held by the cache of Census pages.
# TYPE census_gateway_page_cache_limit_bytes gauge
census_gateway_page_cache_limit_bytes 8192
# HELP census_gateway_page_cache_missing_bytes Bytes read again within five minutes because there was no room in the cache of Census pages.
# TYPE census_gateway_page_cache_missing_bytes gauge
census_gateway_page_cache_missing_bytes 1024
`
	var names []string
	for _, m := range regexp.MustCompile(`# TYPE (\S+)`).FindAllStringSubmatch(want, -1) {
		names = append(names, m[1])
	}
	if err := testutil.GatherAndCompare(o.registry, strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
	open(succeededOperation())
	text := get(o.MetricsHandler(), "/metrics").Body.String()
	for _, part := range []string{
		`census_gateway_build_info{commit="unknown",goversion="go1`, `version="`,
		"census_gateway_operations_in_flight 0", `census_gateway_operation_duration_seconds_bucket{code_class="ok",le="0.025"} 2`,
		`census_gateway_operation_duration_seconds_bucket{code_class="upstream",le="0.025"} 1`,
	} {
		if !strings.Contains(text, part) {
			t.Errorf("no %s in the exposition", part)
		}
	}
}

func TestLabelsAreBounded(t *testing.T) {
	o := New(Options{})
	for i := range 1000 {
		o.Operation(background(), Operation{Name: fmt.Sprint("N", i), Type: fmt.Sprint("t", i), Codes: []string{fmt.Sprint("C", i)}})
		o.Call(background(), Call{Endpoint: fmt.Sprint("GET /syncs/", i), Outcome: fmt.Sprint("o", i), Tries: 1})
		o.Refused(background(), Operation{Refusal: Refusal{Reason: fmt.Sprint("l", i)}})
		for _, kind := range []string{"key", "jwt", "token", "cookie"} {
			o.Operation(background(), Operation{Caller: fmt.Sprint(kind, ":", i)})
		}
	}
	for name, most := range map[string]int{
		"census_gateway_operations_total":             maxValues + 1,
		"census_gateway_census_call_duration_seconds": maxValues + 1,
		"census_gateway_census_retries_total":         maxValues + 1,
		"census_gateway_census_calls_total":           maxValues + 1, // both labels overflow together here
		"census_gateway_refusals_total":               maxValues + 1,
		"census_gateway_caller_operations_total":      maxKeys + 4, // none, jwt, token, other
		"census_gateway_operation_duration_seconds":   errorClasses,
	} {
		if n, err := testutil.GatherAndCount(o.registry, name); n != most || err != nil {
			t.Errorf("%s has %d series, want %d (%v)", name, n, most, err)
		}
	}
	o.Call(background(), Call{})
	if text := get(o.MetricsHandler(), "/metrics").Body.String(); !strings.Contains(text, `census_gateway_census_calls_total{endpoint="other",outcome="other"} 937`) {
		t.Error("calls without a label of their own are not counted as other")
	}
}

func TestCacheIsWatchedOnce(t *testing.T) {
	o := New(Options{})
	if err := o.WatchPageCache(Cache{Hits: func() uint64 { return 1 }}); err != nil {
		t.Fatal(err)
	}
	if n, _ := testutil.GatherAndCount(o.registry, "census_gateway_page_cache_misses_total"); n != 0 {
		t.Error("a nil function has a metric")
	}
	if err := o.WatchPageCache(Cache{Hits: func() uint64 { return 1 }}); err == nil {
		t.Error("a second page cache returned no error")
	}
}

// A call that was not sent is counted, but its duration is not.
func TestCallThatWasNotSent(t *testing.T) {
	o := New(Options{})
	o.Call(background(), Call{Endpoint: "GET /sources", Outcome: "not_sent"})
	o.Call(background(), readRuns())
	for name, want := range map[string]int{"census_calls_total": 2, "census_call_duration_seconds": 1, "census_retries_total": 1} {
		if n, err := testutil.GatherAndCount(o.registry, "census_gateway_"+name); n != want || err != nil {
			t.Errorf("%s of %d endpoints, want %d; %v", name, n, want, err)
		}
	}
}
