package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/graph"
	"census-gateway/graph/limits"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// failingSyncs returns a workspace with n syncs whose runs cannot be read, and their ids.
func failingSyncs(n int) (http.Handler, []string) {
	census := sim.New(sim.Options{Empty: true})
	client := upstream.New("canary", upstream.Options{BaseURL: sim.Base(), Transport: census.Transport()})
	h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{Timeout: time.Minute, Limits: limits.Limits{Pages: 1 << 20}})
	if err != nil {
		panic(err)
	}
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprint(census.AddSync(sim.Sync{Label: fmt.Sprint("sync ", i)}))
	}
	census.Inject(sim.Fault{Do: sim.JSON(200, "{"), Match: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/sync_runs") }})
	return h, ids
}

// postAccepting sends a query over HTTP and returns the raw answer.
func postAccepting(t *testing.T, h http.Handler, accept, query string) string {
	t.Helper()
	w := httptest.NewRecorder()
	body, _ := json.Marshal(map[string]any{"query": query})
	r := httptest.NewRequest("POST", "/graphql", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", accept)
	h.ServeHTTP(w, r)
	return w.Body.String()
}

// Each failed field is null with an error. The errors are in the order of the answer. The same
// data yields the same text, for any way of execution.
func TestEveryFailedFieldHasItsError(t *testing.T) {
	synctest.Test(t, everyFailedFieldHasItsError) // so that no call waits too long on a busy machine
}

func everyFailedFieldHasItsError(t *testing.T) {
	const syncs = 60
	h, list := failingSyncs(syncs)
	ids := strings.Join(list, ",")
	for _, query := range []string{
		"{ syncs(ids: [" + ids + "]) { nodes { id a: latestRun { id } } } }", // writes itself while nothing fails
		"{ syncs(first: 60, orderBy: {field: LABEL}) { nodes { id runs(first: 5) { totalCount } latestRun { id } } } }",
		"{ syncs(first: 60) { edges { node { id health { state } latestRun { id } ...F } } } } fragment F on Sync { b: latestRun { id } runStats(filter: {}) { totalRuns } }",
		"{ syncs(ids: [" + ids + "]) { nodes { a: runs(first: -1) { totalCount } b: runs(last: 1, filter: {outcomes: [FAILED]}) { totalCount } } } }",
	} {
		first := postAccepting(t, h, "application/json", query)
		nulls, paths, errs := nullsAndErrors(t, first)
		if !slices.Equal(nulls, paths) || len(paths) < syncs {
			t.Errorf("%s\n%d fields failed, with %d errors\nnulls  %s\nerrors %s", query, len(nulls), len(paths), nulls, paths)
		}
		for i, e := range errs {
			if code := e.Extensions["code"]; code != "UPSTREAM_BAD_RESPONSE" && code != "BAD_USER_INPUT" {
				t.Errorf("%s: the code is %v", paths[i], code)
			}
		}
		for range 5 {
			if again := postAccepting(t, h, "application/json", query); again != first {
				t.Fatalf("%s\nthe same query has two answers\n%s\n%s", query, first, again)
			}
		}
	}
}

// nullsAndErrors returns the paths of the failed nulls of an answer, the paths of its errors, and
// the errors.
func nullsAndErrors(t *testing.T, text string) (nulls, paths []string, errs []gqlError) {
	t.Helper()
	var answer struct {
		Data   json.RawMessage
		Errors []gqlError
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("%v: %.500s", err, text)
	}
	for _, e := range answer.Errors {
		paths = append(paths, fmt.Sprint(e.Path))
	}
	dec := json.NewDecoder(strings.NewReader(string(answer.Data)))
	var walk func(path []any)
	walk = func(path []any) {
		token, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch token {
		case json.Delim('{'):
			for dec.More() {
				key, _ := dec.Token()
				walk(append(slices.Clone(path), key))
			}
			_, _ = dec.Token()
		case json.Delim('['):
			for i := 0; dec.More(); i++ {
				walk(append(slices.Clone(path), i))
			}
			_, _ = dec.Token()
		case nil:
			nulls = append(nulls, fmt.Sprint(path))
		}
	}
	walk(nil)
	return nulls, paths, answer.Errors
}

// A page of a thousand that fails completely, with four fields each, reports all errors. From the
// 21st error on, the messages are short.
func TestErrorsOfAThousandFit(t *testing.T) { synctest.Test(t, errorsOfAThousandFit) }

func errorsOfAThousandFit(t *testing.T) {
	h, ids := failingSyncs(1000)
	query := fmt.Sprintf("{ a: syncs(ids: [%s]) { ...F } b: syncs(ids: [%s]) { ...F } } fragment F on SyncConnection { nodes { latestRun { id } health { state } runs(first: 5) { totalCount } runStats(filter: {}) { totalRuns } } }",
		strings.Join(ids[:500], ","), strings.Join(ids[500:], ","))
	text := postAccepting(t, h, "application/json", query)
	nulls, paths, errs := nullsAndErrors(t, text)
	if !slices.Equal(nulls, paths) || len(paths) != 4000 || strings.Contains(text, "errorsOmitted") || len(text) > 768<<10 {
		t.Errorf("%d nulls, %d errors, %d bytes", len(nulls), len(errs), len(text))
	}
	for i, want := range map[int]string{19: "Census returned an invalid response for sync 5. The cause is in the gateway's log.", 20: "sync 6: not read."} {
		if errs[i].Message != want {
			t.Errorf("error %d says %q, want %q", i, errs[i].Message, want)
		}
	}
}

// A refusal by Census with a special cause is reported with that cause.
func TestRefusalsSayWhy(t *testing.T) {
	for _, tt := range []struct {
		fault         sim.Effect
		code, message string
	}{
		{sim.JSON(402, `{"status":402}`), "UPSTREAM_FORBIDDEN", "Census requires payment to read sync 1 (402). Check the workspace's plan."},
		{sim.HTML(451), "UPSTREAM_FORBIDDEN", "Census withholds sync 1 for legal reasons (451)."},
		{sim.HTML(403), "UPSTREAM_FORBIDDEN", "This token may not read sync 1 (Census answered 403)."},
		{sim.JSON(200, `{"status":404}`), "NOT_FOUND", "Census has no sync 1, or this token may not read it."},
		{sim.Redirect(301, "https://elsewhere.test/"), "UPSTREAM_GONE", "Census has no API at the address that the gateway asks, so sync 1 cannot be read. Tell the gateway's operator."},
	} {
		h, census := serve(sim.Options{Empty: true})
		census.AddSync(sim.Sync{})
		census.Inject(sim.Fault{Match: sim.Path("/syncs/1"), Do: tt.fault})
		_, _, errs := nullsAndErrors(t, postAccepting(t, h, "application/json", "{ sync(id: 1) { label } }"))
		if len(errs) != 1 || errs[0].Message != tt.message || errs[0].Extensions["code"] != tt.code {
			t.Errorf("got %v, want %s %q", errs, tt.code, tt.message)
		}
	}
}
