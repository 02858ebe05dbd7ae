package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/graph"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// now is the time of all queries.
var now = time.Date(2026, 1, 7, 20, 43, 9, 250e6, time.UTC)

// farFuture is in the future of every clock.
var farFuture = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// currentClient is the client of the world under test. Tests in parallel would share it.
var currentClient *upstream.Client

var gateway = sync.OnceValue(func() http.Handler {
	h, err := graph.Handler(func(context.Context) *upstream.Client { return currentClient }, graph.Options{Now: func() time.Time { return now }})
	if err != nil {
		panic(err)
	}
	return h
})

// A world is a random workspace, and the gateway's cache of it.
type world struct {
	*rapid.T
	tb         testing.TB
	census     *sim.Census
	client     *upstream.Client
	ties       sim.TieOrder
	wholeTies  bool              // pages contain all runs of one moment; if they cannot, the answer may be an error
	keys       map[string]string // keys of the error groups seen so far
	trying     bool              // Fatalf panics with a checkFailure, see failure
	changes    bool              // runs are added while it is read; runs in the future would then act like a list that is pruned again and again
	cacheFresh bool              // the gateway trusts its cache, so it starts with a new one after a change
}

// A checkFailure is a failed check.
type checkFailure string

// Fatalf ends the test, or the call of failure that runs it.
func (w *world) Fatalf(format string, args ...any) {
	if w.trying {
		panic(checkFailure(fmt.Sprintf(format, args...)))
	}
	w.T.Helper()
	w.T.Fatalf(format, args...)
}

// failure runs check and returns why it failed; "" if it passed.
func (w *world) failure(check func()) (problem string) {
	was := w.trying
	w.trying = true
	defer func() {
		w.trying = was
		switch p := recover().(type) {
		case nil:
		case checkFailure:
			problem = string(p)
		default:
			panic(p)
		}
	}()
	check()
	return ""
}

func newWorld(t *rapid.T, tb testing.TB) *world {
	w := &world{T: t, tb: tb, keys: map[string]string{}, ties: rapid.SampledFrom(sim.TieOrders).Draw(t, "order of ties")}
	// Some Censuses send no totals, some return 404 for a page past the end, and some have smaller
	// pages than requested.
	sizes := []int{100, 100, 100, 100, 100, 40, 9}
	noTotals := rapid.IntRange(0, 15).Draw(t, "no pagination") == 0
	w.wholeTies = w.ties == sim.TiesShuffled || noTotals && w.ties != sim.TiesByID
	if w.wholeTies {
		sizes = sizes[:1]
	}
	w.census = sim.New(sim.Options{Empty: true, Now: func() time.Time { return now }, Ties: w.ties,
		PastEnd404: rapid.IntRange(0, 7).Draw(t, "past end 404") == 0, NoPagination: noTotals,
		MaxPerPage: rapid.SampledFrom(sizes).Draw(t, "rows of a page")})
	for range rapid.SampledFrom([]int{1, 1, 2, 3, 6}).Draw(t, "syncs") {
		w.addSync()
	}
	return w
}

// resetCache gives the gateway a new cache: for a new world, and if the old cache would hide a
// change.
func (w *world) resetCache() {
	if w.client == nil || w.cacheFresh {
		options := rapid.SampledFrom([]upstream.Options{
			{}, {PageCache: 8 << 20}, {PageCache: 8 << 20}, {PageCache: 8 << 20, Freshness: time.Hour}, {PageCache: 12_000},
		}).Draw(w.T, "options")
		w.cacheFresh = options.Freshness > 0
		options.BaseURL, options.Transport = sim.Base(), w.census.Transport()
		w.client = upstream.New("", options)
	}
	currentClient = w.client
}

// ask sends a query, often twice, and decodes its data.
func (w *world) ask(query string, data any) {
	body, _ := json.Marshal(map[string]any{"query": query})
	var first []byte
	again := rapid.IntRange(0, 7).Draw(w.T, "again")
	for i := range 1 + again&1 {
		if i == 1 && again == 7 {
			runtime.GC() // empties pools, so that nothing of the first answer is reused
		}
		r := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		gateway().ServeHTTP(rec, r)
		var answer struct {
			Errors []struct{ Message string }
			Data   json.RawMessage
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || answer.Errors != nil {
			w.Fatalf("%s: %v %s", query, err, rec.Body)
		}
		if i == 1 {
			if !bytes.Equal(first, rec.Body.Bytes()) {
				w.Fatalf("%s:\n%s\nand the second time\n%s", query, first, rec.Body)
			}
			continue
		}
		first = bytes.Clone(rec.Body.Bytes())
		if err := json.Unmarshal(answer.Data, data); err != nil {
			w.Fatalf("%s: %v %s", query, err, answer.Data)
		}
	}
}

func (w *world) addSync() {
	t := w.T
	s := sim.Sync{
		Label: rapid.SampledFrom([]string{"", "Accounts", "accounts", "Leads → CRM", "Öl", "über alles", "Straße", "STRASSE", "σίσυφος", "ΣΊΣΥΦΟΣ", "Cafe\u0301", "CAF\u00c9",
			strings.Repeat("Accounts of ", 10) + "the end", strings.Repeat("accounts of ", 10) + "The beginning"}).Draw(t, "label"),
		Status:    rapid.SampledFrom([]string{"", "", "Failing", "Up to Date", "Melting"}).Draw(t, "sync status"),
		Frequency: rapid.SampledFrom([]string{"never", "hourly", "hourly", "daily", "weekly", "quarter_hourly", "continuous", "expression"}).Draw(t, "frequency"),
		Day:       rapid.SampledFrom([]string{"Monday", "Wednesday", "Sunday"}).Draw(t, "day"),
		Hour:      rapid.IntRange(0, 23).Draw(t, "hour"),
		Minute:    rapid.IntRange(0, 59).Draw(t, "minute"),
		Cron:      rapid.SampledFrom(slices.Sorted(maps.Keys(crons))).Draw(t, "cron"),
		Paused:    rapid.IntRange(0, 7).Draw(t, "paused") == 0,
		CreatedAt: now.Add(-time.Duration(rapid.IntRange(0, rapid.SampledFrom([]int{1, 2000}).Draw(t, "oldest sync")).Draw(t, "sync age")) * time.Hour),
	}
	s.NoLabel = s.Label == ""
	if rapid.IntRange(0, 1).Draw(t, "alert") == 0 {
		s.Alerts = rapid.SampledFrom(append(slices.Sorted(maps.Values(lossAlerts)), moreAlerts...)).Draw(t, "alerts")
	}
	s.Operation = rapid.SampledFrom([]string{"", "mirror", "insert"}).Draw(t, "operation")
	if rapid.IntRange(0, 3).Draw(t, "dbt") == 0 {
		s.Triggers = `"dbt_cloud":{"job_id":"9","project_id":null},"sync_sequence":null`
	}
	switch rapid.IntRange(0, 15).Draw(t, "odd schedule") {
	case 0:
		s.RawSchedule, s.Frequency = true, rapid.SampledFrom([]string{"", "fortnightly", "Every day"}).Draw(t, "odd frequency")
		s.Cron = ""
	case 1:
		s.RawSchedule, s.Frequency, s.Day = true, "weekly", ""
	}
	switch rapid.IntRange(0, 31).Draw(t, "sync made in the future") {
	case 0:
		s.CreatedAt = farFuture
	case 1:
		s.CreatedAt = now.Add(4 * time.Minute) // clocks may differ
	}
	s.UpdatedAt = s.CreatedAt
	if rapid.Bool().Draw(t, "sync changed") {
		s.UpdatedAt = now.Add(-time.Duration(rapid.IntRange(0, 72*60).Draw(t, "sync change age")) * time.Minute)
	}
	if rapid.IntRange(0, 15).Draw(t, "sync changed in the future") == 0 {
		s.UpdatedAt = farFuture
	}
	id := w.census.AddSync(s)
	if !w.changes && rapid.IntRange(0, 15).Draw(t, "runs of the future") == 0 {
		for range rapid.SampledFrom([]int{1, 1, 2, 30}).Draw(t, "of the future") {
			w.census.AddRun(id, w.drawRun(farFuture))
		}
	}
	n := rapid.SampledFrom([]int{0, 1, 2, 5, 12, 24, 25, 26, 40, 60, 110, 230}).Draw(t, "runs")
	pause := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 20 * time.Minute, time.Hour, 5 * time.Hour}).Draw(t, "pause")
	newest := now.Add(-time.Duration(rapid.SampledFrom([]int{0, 1, 30, 80, 500, 3000}).Draw(t, "newest")) * time.Minute)
	usual := rapid.SampledFrom([]string{"", "completed", "failed", "skipped"}).Draw(t, "usual")
	w.addRuns(id, n, newest, pause, usual)
}

// addRuns adds runs, created up to the given time, with gaps of up to twice pause.
func (w *world) addRuns(sync int64, n int, newest time.Time, pause time.Duration, usual string) {
	at := make([]time.Time, n)
	for i := range at {
		at[i] = newest
		switch rapid.IntRange(0, 4).Draw(w.T, "gap") {
		case 0: // at the same time
		case 1:
			newest = newest.Add(-time.Millisecond)
		default:
			newest = newest.Add(-time.Duration(rapid.Int64Range(0, 2*int64(pause/time.Millisecond)).Draw(w.T, "ms")) * time.Millisecond)
		}
	}
	slices.Reverse(at)
	var least time.Time // Census creates no run before the newest one
	for _, r := range w.census.Runs(sync) {
		if !isFuture(r.CreatedAt) {
			least = r.CreatedAt
		}
	}
	for _, at := range at {
		if at.Before(least) {
			at = least
		}
		r := w.drawRun(at)
		if usual != "" && rapid.IntRange(0, 3).Draw(w.T, "as usual") > 0 {
			r.Status = usual
		}
		w.census.AddRun(sync, r)
	}
}

func (w *world) drawRun(at time.Time) sim.Run {
	t := w.T
	kind := rapid.IntRange(0, 63).Draw(t, "kind") // one draw for several rare properties
	r := sim.Run{
		CreatedAt: at,
		Status: rapid.SampledFrom([]string{"completed", "completed", "completed", "failed", "failed", "skipped", "working", "queued", "retrying", "Completed",
			"defrosting", "cancelled"}).Draw(t, "status"),
		Canceled: kind == 1 || kind == 2,
		FullSync: kind&3 == 3,
		NoReason: kind == 5,
	}
	switch kind {
	case 8, 9:
		r.Tag = "Dry Run"
	case 10:
		r.Tag = "dry run"
	case 22, 23, 24, 25:
		r.Tag = "Manual"
	case 12, 13, 14, 15:
		r.ScheduledAt = at.Add(-time.Duration(kind) * time.Second)
	case 16:
		r.ScheduledAt = now.Add(50 * time.Hour)
	}
	if over := !isRunning(r); over && kind != 20 || kind == 21 {
		took := rapid.SampledFrom([]int{0, 1, 950, 36_412, 53_000, 240_111, 3_600_000, 9_999_999}).Draw(t, "took")
		r.CompletedAt = at.Add(time.Duration(took) * time.Millisecond)
		if (kind == 17 || kind == 18) && !isFuture(at) && !w.changes {
			r.CompletedAt = now.Add(50 * time.Hour)
		}
	}
	n := rapid.SampledFrom([]int64{0, 3, 1000, 1 << 40}).Draw(t, "records")
	r.Counts = sim.Counts{Source: 2 * n, Updates: n, Deletes: 0, Processed: n, Updated: n, Failed: 0, Invalids: 0}
	switch kind % 8 {
	case 4:
		r.Counts.Failed = min(n, 2)
	case 5:
		r.Counts.Invalids = n / 50
	case 6:
		r.Counts.Invalids = min(n, 1)
	case 7:
		r.Counts = sim.Counts{Source: sim.Null, Updates: sim.Null, Deletes: sim.Null, Invalids: sim.Null, Processed: sim.Null, Updated: sim.Null, Failed: sim.Null}
	}
	if r.Status == "failed" || kind > 55 {
		r.ErrorCode = rapid.SampledFrom([]string{"", "AUTH", "COLUMN"}).Draw(t, "code")
		r.ErrorMessage = rapid.SampledFrom([]string{"", "it broke", "it fell"}).Draw(t, "message")
	}
	return r
}

// change makes random changes: runs and syncs are added and removed, and runs end.
func (w *world) change() {
	many := []int{1, 2, 15, 130}
	if w.wholeTies {
		many = many[:3]
	}
	for _, s := range w.census.Syncs() {
		switch rapid.IntRange(0, 7).Draw(w.T, "change") {
		case 0, 1:
			w.addRuns(s.ID, rapid.SampledFrom(many).Draw(w.T, "new runs"), now, time.Millisecond, "")
		case 2:
			w.census.Prune(s.ID, rapid.SampledFrom([]int{1, 20, 150}).Draw(w.T, "pruned"))
		case 3:
			for _, r := range w.census.Runs(s.ID) {
				if isRunning(r) && !isOver(r) && !isFuture(r.CreatedAt) {
					w.census.UpdateRun(r.ID, func(r *sim.Run) {
						r.Status, r.UpdatedAt = "failed", now
						r.CompletedAt = now
					})
				}
			}
		case 4:
			if runs := w.census.Runs(s.ID); len(runs) > 0 {
				w.census.RemoveRun(rapid.SampledFrom(runs).Draw(w.T, "removed").ID)
			}
		}
	}
	switch syncs := w.census.Syncs(); rapid.IntRange(0, 5).Draw(w.T, "change of syncs") {
	case 0:
		w.addSync()
	case 1:
		if len(syncs) > 1 {
			w.census.RemoveSync(rapid.SampledFrom(syncs).Draw(w.T, "removed sync").ID)
		}
	}
}

// someSyncs returns some syncs and how a query names them; null for all.
func (w *world) someSyncs() (chosen []sim.Sync, names string) {
	all := w.census.Syncs()
	if len(all) == 0 || rapid.Bool().Draw(w.T, "whole workspace") {
		return all, "null"
	}
	var ids []string
	for _, s := range rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, len(all), func(s sim.Sync) int64 { return s.ID }).Draw(w.T, "chosen syncs") {
		chosen, ids = append(chosen, s), append(ids, fmt.Sprintf("%q", fmt.Sprintf("Sync:%d", s.ID)))
	}
	return chosen, "[" + strings.Join(ids, ", ") + "]"
}
