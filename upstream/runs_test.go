package upstream

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// position returns the place of the n-th run of a sync, counted from 0.
func position(t *testing.T, census *sim.Census, sync census.SyncID, n int) paging.Position {
	t.Helper()
	runs := census.Runs(int64(sync))
	return paging.Position{CreatedAt: paging.Moment(runs[n].CreatedAt.UnixMilli()), ID: runs[n].ID, Ordinal: n}
}

func TestRunsCost(t *testing.T) {
	census, client := newCensus(sim.Options{})
	id := addSyncWithRuns(census, 1234)
	at := func(n int) paging.Position { return position(t, census, id, n) }
	for _, c := range []struct {
		name    string
		windows []paging.Window
		calls   []string // without their common part
	}{
		{"only the total", []paging.Window{{Limit: 0}}, []string{"desc 1 of 1"}},
		{"the newest", []paging.Window{{Limit: 1}}, []string{"desc 1 of 2"}}, // one row more reveals ties
		{"the newest 25", []paging.Window{{Limit: 25}}, []string{"desc 1 of 26"}},
		{"the newest 100", []paging.Window{{Limit: 100}}, []string{"desc 1 of 100"}},
		{"several windows", []paging.Window{{Limit: 1}, {Limit: 25}, {Limit: 25}, {Limit: 0}, {Limit: 90}}, []string{"desc 1 of 91"}},
		{"the newest 101", []paging.Window{{Limit: 101}}, []string{"desc 1 of 100", "asc 12 of 100"}},
		{"the oldest", []paging.Window{{Limit: 10, FromOldest: true}}, []string{"asc 1 of 100"}},
		{"the oldest 100", []paging.Window{{Limit: 100, FromOldest: true}}, []string{"asc 1 of 100"}},
		{"both ends", []paging.Window{{Limit: 10}, {Limit: 10, FromOldest: true}}, []string{"desc 1 of 11", "asc 1 of 100"}},
		{"25 before one, deep", []paging.Window{{Limit: 25, Newer: at(740)}}, []string{"asc 8 of 100"}},
		{"100 before one, deep", []paging.Window{{Limit: 100, Newer: at(740)}}, []string{"asc 8 of 100", "asc 7 of 100"}},
		{"25 after one, deep", []paging.Window{{Limit: 25, Older: at(740), FromOldest: true}}, []string{"asc 8 of 100"}},
		{"100 after one, deep", []paging.Window{{Limit: 100, Older: at(740), FromOldest: true}}, []string{"asc 9 of 100", "asc 8 of 100"}},
		{"the first before one at a border", []paging.Window{{Limit: 25, Newer: at(700)}}, []string{"asc 8 of 100", "asc 7 of 100"}},
		{"between two", []paging.Window{{Limit: 25, Older: at(720), Newer: at(730)}}, []string{"asc 8 of 100"}},
		{"the same deep page twice", []paging.Window{{Limit: 10, Newer: at(740)}, {Limit: 10, Newer: at(760)}}, []string{"asc 8 of 100"}},
	} {
		census.ResetCalls()
		answers, err := client.Runs(t.Context(), id, c.windows...)
		if err != nil || len(answers) != len(c.windows) {
			t.Errorf("%s: %d answers, %v", c.name, len(answers), err)
		}
		var calls []string
		for _, call := range census.Calls() {
			call = strings.TrimPrefix(call, "GET /syncs/1/sync_runs?order=")
			calls = append(calls, strings.NewReplacer("&page=", " ", "&per_page=", " of ").Replace(call))
		}
		if diff := cmp.Diff(c.calls, calls); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestRunsOfASyncWithoutAny(t *testing.T) {
	for name, opt := range map[string]sim.Options{
		"as documented": {}, "last_page 0": {EmptyLastPageZero: true}, "page past the end is 404": {PastEnd404: true}, "no pagination": {NoPagination: true},
	} {
		census, client := newCensus(opt)
		id := addSyncWithRuns(census, 0)
		answers, err := client.Runs(t.Context(), id, paging.Window{Limit: 25}, paging.Window{Limit: 25, FromOldest: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, s := range answers {
			if len(s.Rows) != 0 || s.Total != 0 || s.More || s.First != 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

func TestRunsOfAnUnknownSync(t *testing.T) {
	forged := paging.Position{CreatedAt: 1634698267546, ID: 7, Ordinal: 740}
	for name, w := range map[string]paging.Window{
		"newest": {Limit: 25}, "oldest": {Limit: 25, FromOldest: true}, "deep": {Limit: 25, Newer: forged},
	} {
		census, client := newCensus(sim.Options{})
		_, err := client.Runs(t.Context(), 99, w)
		checkVerdict(t, err, "not_found")
		if n := len(census.Calls()); n > 3 {
			t.Errorf("%s: %d calls", name, n)
		}
	}
}

// The path names the sync, so rows need not repeat it.
func TestRunsWithoutSyncID(t *testing.T) {
	for _, id := range []string{"null", "", "0"} {
		census, client := newCensus(sim.Options{})
		sync := addSyncWithRuns(census, 3)
		census.Inject(sim.Fault{Do: sim.Field("sync_id", id)})
		answers, err := client.Runs(t.Context(), sync, paging.Window{Limit: 3})
		if err != nil {
			t.Errorf("sync_id %q: %v", id, err)
			continue
		}
		for _, r := range answers[0].Rows {
			if r.SyncID != sync {
				t.Errorf("sync_id %q: run %d is of sync %d", id, r.ID, r.SyncID)
			}
		}
	}
}

// If Census ignores the order, it returns the oldest runs instead of the newest. Only a list
// of one page is the same either way.
func TestOrderIgnored(t *testing.T) {
	always := func(order string) sim.Effect {
		return sim.ChangeRequest(func(r *http.Request) {
			q := r.URL.Query()
			q.Set("order", order)
			r.URL.RawQuery = q.Encode()
		})
	}
	newest, oldest := paging.Window{Limit: 2}, paging.Window{Limit: 2, FromOldest: true}
	for _, c := range []struct {
		name   string
		fault  sim.Effect
		runs   int
		window paging.Window
		want   string
	}{
		{"the newest, oldest first", always("asc"), 350, newest, "bad_response"},
		{"the oldest, newest first", always("desc"), 350, oldest, "bad_response"},
		{"all there are", always("asc"), 2, newest, "ok"},
		{"two exchanged", sim.Rows(func(r []json.RawMessage) []json.RawMessage { r[0], r[1] = r[1], r[0]; return r }), 350, newest, "bad_response"},
	} {
		server, client := newCensus(sim.Options{})
		id := server.AddSync(sim.Sync{})
		for i := range c.runs {
			server.AddRun(id, sim.Run{CreatedAt: time.Now().Add(time.Duration(i-c.runs) * time.Minute)})
		}
		server.Inject(sim.Fault{Do: c.fault})
		answers, err := client.Runs(t.Context(), census.SyncID(id), c.window)
		checkVerdict(t, err, c.want)
		if err == nil {
			if rows := answers[0].Rows; len(rows) != 2 || rows[0].ID >= rows[1].ID {
				t.Errorf("%s: %+v", c.name, rows)
			}
		}
	}
}

// Answers that do not match the request are rejected.
func TestRunsRefused(t *testing.T) {
	rows := func(change func([]json.RawMessage) []json.RawMessage) sim.Effect { return sim.Rows(change) }
	small := paging.Window{Limit: 10}
	deep := paging.Window{Limit: 250, FromOldest: true}
	for _, c := range []struct {
		name   string
		window paging.Window
		fault  sim.Effect
		calls  int // at most
	}{
		{"runs of another sync", small, sim.ChangeRequest(func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, "/1/", "/2/", 1) }), 1},
		{"one run of another sync", small, sim.Rows(func(rows []json.RawMessage) []json.RawMessage {
			rows[4] = json.RawMessage(strings.Replace(string(rows[4]), `"sync_id":1,`, `"sync_id":2,`, 1))
			return rows
		}), 1},
		{"runs of a sync that cannot be", small, sim.Field("sync_id", "-1"), 1},
		{"a run twice", small, rows(func(r []json.RawMessage) []json.RawMessage { r[3] = r[5]; return r }), 1},
		{"the same run ten times", small, rows(func(r []json.RawMessage) []json.RawMessage {
			for i := range r {
				r[i] = r[0]
			}
			return r
		}), 1},
		{"too many runs", small, rows(func(r []json.RawMessage) []json.RawMessage { return append(r, r...) }), 1},
		{"no ids", small, sim.Field("id", "null"), 1},
		{"ids below 1", small, sim.Field("id", "-5"), 1},
		{"no times", small, sim.Field("created_at", "null"), 1},
		{"unreadable times", small, sim.Field("created_at", `"yesterday"`), 1},
		{"larger pages than asked for", small, sim.IgnorePerPage(25), 1},
		{"always the first page", deep, sim.SamePage(1), 18},
		{"always the last page", deep, sim.SamePage(5), 18},
		{"a total and no rows", small, rows(func([]json.RawMessage) []json.RawMessage { return nil }), 8},
		{"a total and too few rows", small, rows(func(r []json.RawMessage) []json.RawMessage { return r[:7] }), 12},
		{"rows that cannot be", small, sim.Replace(`"data":[`, `"data":[null,`), 1},
	} {
		census, client := newCensus(sim.Options{})
		id := addSyncWithRuns(census, 450)
		addSyncWithRuns(census, 450)
		census.Inject(sim.Fault{Do: c.fault})
		_, err := client.Runs(t.Context(), id, c.window)
		if verdict(err) != "bad_response" || err.(*calls.Error).Status != 200 {
			t.Errorf("%s: %v", c.name, err)
		}
		if n := len(census.Calls()); n > c.calls {
			t.Errorf("%s: %d calls, want at most %d", c.name, n, c.calls)
		}
	}
}

// A thousand runs take ten calls in three turns: the newest hundred, which locate the others,
// and the rest eight at a time.
func TestRunsOfALongWindowAreReadAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client := newCensus(sim.Options{})
		id := addSyncWithRuns(census, 1200)
		census.Inject(sim.Fault{Do: sim.Delay(time.Second)})
		began := time.Now()
		answer, err := client.Runs(t.Context(), id, paging.Window{Limit: 1000})
		checkVerdict(t, err, "ok")
		if took, calls := time.Since(began), len(census.Calls()); took != 3*time.Second || calls != 10 || len(answer[0].Rows) != 1000 {
			t.Errorf("%d runs by %d calls in %s", len(answer[0].Rows), calls, took)
		}
	})
}

func shrinkingTotal() sim.Effect {
	var looks atomic.Int64
	return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		sim.Field("total_records", strconv.FormatInt(450-looks.Add(1), 10))(w, r, honest)
	}
}

// Unusual answers that can still be used are accepted.
func TestRunsAccepted(t *testing.T) {
	for name, fault := range map[string]sim.Effect{
		"a next page for ever":     sim.EndlessPages(),
		"a byte order mark":        sim.BOM(),
		"ids as strings":           sim.Chain(sim.Replace(`"id":`, `"id":"`), sim.Replace(`,"created_at"`, `","created_at"`)),
		"no page size":             sim.Field("per_page", ""),
		"an unknown page size":     sim.Field("per_page", "null"),
		"totals as strings":        sim.Field("total_records", `"450"`),
		"no error fields":          sim.Field("error_code", ""),
		"a status of tomorrow":     sim.Field("status", `"defrosting"`),
		"a count over 64 bits":     sim.Field("records_updated", "1e30"),
		"a cookie":                 sim.SetCookie("a=b"),
		"no type of content":       contentType(""),
		"a wrong type of content":  contentType("text/html"),
		"another word for success": sim.Replace(`"status":"success"`, `"status":200`),
	} {
		census, client := newCensus(sim.Options{})
		id := addSyncWithRuns(census, 450)
		census.Inject(sim.Fault{Do: fault})
		answers, err := client.Runs(t.Context(), id, paging.Window{Limit: 10})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		s := answers[0]
		truth := census.Runs(int64(id))[440:]
		if len(s.Rows) != 10 || s.First != 440 || s.Total != 450 || !s.More {
			t.Errorf("%s: %d rows from %d of %d", name, len(s.Rows), s.First, s.Total)
		}
		for i := range s.Rows {
			if int64(s.Rows[i].ID) != truth[i].ID {
				t.Errorf("%s: run %d stands where %d should", name, s.Rows[i].ID, truth[i].ID)
			}
		}
	}
}

func contentType(kind string) sim.Effect {
	return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		honest.ServeHTTP(&retypedWriter{w, kind}, r)
	}
}

// A retypedWriter answer has another Content-Type.
type retypedWriter struct {
	http.ResponseWriter
	kind string
}

func (r *retypedWriter) WriteHeader(code int) {
	r.Header().Set("Content-Type", r.kind)
	r.ResponseWriter.WriteHeader(code)
}

func TestRunsOfAListThatKeepsShrinking(t *testing.T) {
	census, client := newCensus(sim.Options{})
	id := addSyncWithRuns(census, 30_000)
	census.OnCall(func(*http.Request) { census.Prune(int64(id), 30) })
	_, err := client.Runs(t.Context(), id, paging.Window{Limit: 1000, FromOldest: true})
	checkVerdict(t, err, "bad_response")
	if n := len(census.Calls()); n > maxReads {
		t.Errorf("%d calls, want at most %d", n, maxReads)
	}
}

func TestRunsOfAListThatWasShortened(t *testing.T) {
	census, client := newCensus(sim.Options{})
	id := addSyncWithRuns(census, 1234)
	left := maxMoves
	census.OnCall(func(r *http.Request) {
		if r.URL.Query().Get("page") == "3" && left > 0 {
			left--
			census.Prune(int64(id), 30)
		}
	})
	answers, err := client.Runs(t.Context(), id, paging.Window{Limit: 500, FromOldest: true})
	if err != nil || left != 0 {
		t.Fatalf("%v; %d prunings left", err, left)
	}
	truth := census.Runs(int64(id))
	for i, r := range answers[0].Rows {
		if int64(r.ID) != truth[i].ID {
			t.Fatalf("run %d stands where %d should", r.ID, truth[i].ID)
		}
	}
	if n := len(answers[0].Rows); n != 500 {
		t.Errorf("%d rows", n)
	}
}

// A list that grows while it is read is read upwards at its end. If as many old runs are
// removed as new ones are created, only a proof reveals the gap.
func TestRunsReadUpwardsHaveNoGap(t *testing.T) {
	for change := range 8 { // the call before which they are removed
		census, client, id := newCachingClient(398, 0)
		var ever []int64 // the runs that ever existed, oldest first
		for _, r := range census.Runs(int64(id)) {
			ever = append(ever, r.ID)
		}
		var mu sync.Mutex
		calls := 0
		census.OnCall(func(*http.Request) {
			mu.Lock()
			defer mu.Unlock()
			add := func(n int) {
				for range n {
					ever = append(ever, census.AddRun(int64(id), sim.Run{}))
				}
			}
			if calls++; calls == 3 {
				add(8)
			}
			if calls == 3+change {
				census.Prune(int64(id), 5)
				add(5)
			}
		})
		answers, err := client.Runs(t.Context(), id, paging.Window{Limit: 1000, FromOldest: true})
		if err != nil {
			t.Fatal(err)
		}
		first := slices.Index(ever, int64(answers[0].Rows[0].ID))
		for i, r := range answers[0].Rows {
			if int64(r.ID) != ever[first+i] {
				t.Errorf("changed before call %d: run %d stands at %d", 3+change, r.ID, i)
				break
			}
		}
	}
}

func TestRun(t *testing.T) {
	other := func(path string) sim.Effect {
		return sim.ChangeRequest(func(r *http.Request) { r.URL.Path = "/api/v1" + path })
	}
	for _, c := range []struct {
		name  string
		fault sim.Effect
		want  string
	}{
		{"found", sim.Delay(0), "ok"},
		{"unknown", other("/sync_runs/7"), "not_found"},
		{"an id as a string", sim.Chain(sim.Replace(`"id":`, `"id":"`), sim.Replace(`,"created_at"`, `","created_at"`)), "ok"},
		{"another run", sim.Field("id", "7"), "bad_response"},
		{"a list", other("/syncs/1/sync_runs"), "bad_response"},
		{"no id", sim.Field("id", ""), "bad_response"},
		{"no sync", sim.Field("sync_id", "null"), "bad_response"},
		{"no time", sim.Field("created_at", `"soon"`), "bad_response"},
		{"no data", sim.JSON(200, `{"status":"success","data":null}`), "bad_response"},
		{"an error in a 200", sim.JSON(200, `{"status":"error"}`), "bad_response"},
		{"a 404 in a 200", sim.JSON(200, `{"status":404}`), "not_found"},
		{"a 404 in a 200, with a message", sim.JSON(200, "\ufeff "+`{"message":"no such run","status":"404","data":null}`), "not_found"},
		{"a 410 in a 201", sim.JSON(201, `{"status":410}`), "not_found"},
		{"a 401 in a 200", sim.JSON(200, `{"status":401}`), "unauthenticated"},
		{"a 451 in a 200", sim.JSON(200, `{"status":451}`), "forbidden"},
		{"a 422 in a 200", sim.JSON(200, `{"status":422}`), "bad_response"},
		{"a number that is no status", sim.JSON(200, `{"status":4040}`), "bad_response"},
		{"a broken text with a 404", sim.JSON(200, `{"status":404`), "bad_response"},
		{"a 404 of something in it", sim.JSON(200, `{"data":{"status":404}}`), "bad_response"},
		{"nothing", sim.HTML(204), "bad_response"},
		{"gone", sim.HTML(410), "not_found"},
	} {
		server, client := newCensus(sim.Options{})
		sync := addSyncWithRuns(server, 3)
		id := census.SyncRunID(server.Runs(int64(sync))[1].ID)
		server.Inject(sim.Fault{Match: sim.Path(fmt.Sprintf("/sync_runs/%d", id)), Do: c.fault})
		r, err := client.Run(t.Context(), id)
		if verdict(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if err == nil && (r.ID != id || r.SyncID != sync || r.Status != census.StatusCompleted) {
			t.Errorf("%s: %+v", c.name, r)
		}
		if n, want := len(server.Calls()), map[bool]int{false: 1, true: 2}[c.want == "not_found"]; n != want { // the list of syncs shows that the API exists
			t.Errorf("%s: %d calls", c.name, n)
		}
	}
}

// If Census cannot deliver a page, only the windows that need it fail. If it refuses, all
// fail.
func TestRunsBesideAPageThatFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		page   string
		fault  sim.Effect
		err    string // of all windows
		newest string
		oldest string
	}{
		{"an error", "order=asc&page=1&", sim.Status(500, "text/html", "oops"), "ok", "ok", "unavailable"},
		{"nonsense", "order=asc&page=1&", sim.JSON(200, `{"status":"success","data":7}`), "ok", "ok", "bad_response"},
		{"no right", "order=asc&page=1&", sim.Status(403, "application/json", "{}"), "forbidden", "", ""},
		{"an error, first", "order=desc&", sim.Status(500, "text/html", "oops"), "unavailable", "", ""},
	} {
		census, client := newCensus(sim.Options{})
		id := addSyncWithRuns(census, 234)
		census.Inject(sim.Fault{Match: func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, c.page) }, Do: c.fault})
		answers, err := client.Runs(t.Context(), id, paging.Window{Limit: 3}, paging.Window{Limit: 5, FromOldest: true})
		checkVerdict(t, err, c.err)
		if err != nil {
			continue
		}
		checkVerdict(t, answers[0].Err, c.newest)
		checkVerdict(t, answers[1].Err, c.oldest)
		if s := answers[0]; len(s.Rows) != 3 || s.Total != 234 || s.End() != 234 {
			t.Errorf("%s: %d newest runs up to %d of %d", c.name, len(s.Rows), s.End(), s.Total)
		}
	}
}
