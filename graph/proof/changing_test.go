package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/edge"
	"census-gateway/edge/answers"
	"census-gateway/graph"
	"census-gateway/graph/limits"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

const freshness = 5 * time.Second

// A changingWorld changes while it is queried, through all of the gateway's caches.
type changingWorld struct {
	*world
	*history
	gateway   http.Handler
	slowCalls bool   // calls take time, in which the world changes
	change    func() // makes a change during a call
	cursors   map[string][]cursorRun
	sentAt    map[string][]time.Time
	bodies    map[string]map[string]string // body by query and tag
}

// A cursorRun is a cursor and the run that it points to.
type cursorRun struct {
	cursor string
	run    sim.Run
}

// A query is a query and its answer.
type query struct {
	text      string
	check     func(a *query)
	get       bool
	from, to  time.Time // the answer must be true at some time in this period
	startedAt []time.Time
	body      []byte
	data      json.RawMessage
	notFound  bool // the answer has an error NOT_FOUND
}

func newChangingWorld(w *world, seed uint64, slow bool) *changingWorld {
	l := &changingWorld{world: w, slowCalls: slow, cursors: map[string][]cursorRun{}, sentAt: map[string][]time.Time{}, bodies: map[string]map[string]string{}}
	l.history = newHistory(w.census, seed)
	l.change = l.changeSomething
	client := upstream.New("", upstream.Options{BaseURL: sim.Base(), Transport: l, PageCache: 8 << 20, Freshness: freshness,
		OnRead: graph.NoteRead})
	h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{OnFresh: answers.Fresh, Limits: limits.Limits{Pages: 100_000}})
	if err != nil {
		panic(err)
	}
	kept := answers.New(8<<20, answers.Options{})
	h = edge.Chain(h, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, _ := notes.With(r.Context())
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}, edge.Authenticate(edge.Open), kept.Middleware(10*time.Second))
	l.gateway = h
	return l
}

// RoundTrip makes changes during calls.
func (l *changingWorld) RoundTrip(r *http.Request) (*http.Response, error) {
	wait := func() {
		if !l.slowCalls {
			return
		}
		l.mu.Lock()
		ms, change := l.random.IntN(100), l.random.IntN(3) == 0
		l.mu.Unlock()
		if !strings.HasSuffix(r.URL.Path, "/syncs") { // callers wait for this list in a sync.Once, in which fake time does not pass
			time.Sleep(time.Duration(ms) * time.Millisecond)
		}
		if change {
			l.change()
		}
	}
	wait()
	a, err := l.world.census.Transport().RoundTrip(r)
	wait()
	return a, err
}

// send sends a query, and computes the period in which its answer must be true.
func (l *changingWorld) send(a *query) {
	body, _ := json.Marshal(map[string]any{"query": a.text})
	r := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
	l.mu.Lock()
	tags := l.bodies[a.text]
	began := time.Now()
	l.sentAt[a.text] = append(l.sentAt[a.text], began)
	if a.get {
		r = httptest.NewRequest("GET", "/graphql?query="+url.QueryEscape(a.text), nil)
		for tag := range tags {
			r.Header.Add("If-None-Match", tag)
		}
	}
	l.mu.Unlock()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	rec := httptest.NewRecorder()
	l.gateway.ServeHTTP(rec, r)
	l.mu.Lock()
	defer l.mu.Unlock()
	a.to = time.Now()
	a.from = began.Add(-freshness)
	for _, at := range l.sentAt[a.text] { // values that depend on the clock use the start of an operation
		if !at.Before(a.from) && !at.After(a.to) {
			a.startedAt = append(a.startedAt, at)
		}
	}
	a.body = rec.Body.Bytes()
	tag := rec.Header().Get("Etag")
	if rec.Code == http.StatusNotModified {
		a.body = []byte(tags[tag])
	} else if tag != "" {
		if tags == nil {
			tags = map[string]string{}
			l.bodies[a.text] = tags
		}
		tags[tag] = string(a.body)
	}
	age := 0
	_, err := fmt.Sscanf(rec.Header().Get("Cache-Control"), "private, max-age=%d", &age)
	if err != nil && tag != "" {
		a.body = []byte("no age: " + rec.Header().Get("Cache-Control"))
	}
	if err == nil {
		since := 0
		_, _ = fmt.Sscan(rec.Header().Get("Age"), &since) // without Age, it is 0
		age -= since
		if from := a.to.Add(time.Duration(age)*time.Second - freshness); from.After(a.from) && age <= 5 { // otherwise it is a run that no longer changes
			a.from = from
		}
	}
}

// checkAnswer checks an answer against the recorded history.
func (l *changingWorld) checkAnswer(a *query) {
	l.mu.Lock() // abandoned calls also make changes
	defer l.mu.Unlock()
	var answer struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
		Data json.RawMessage
	}
	if err := json.Unmarshal(a.body, &answer); err != nil {
		l.Fatalf("%s: %v %s", a.text, err, a.body)
	}
	for _, e := range answer.Errors {
		if e.Extensions.Code != "NOT_FOUND" {
			l.Fatalf("%s: %s", a.text, a.body)
		}
		a.notFound = true
	}
	a.data = answer.Data
	if problem := l.failure(func() { a.check(a) }); problem != "" {
		l.Fatalf("%s\nfrom %s to %s\n%s\nanswered %s", a.text, a.from.Format(time.StampMilli), a.to.Format(time.StampMilli), problem, a.body)
	}
}

// inChangingWorld runs do with a world that has a fake clock.
func inChangingWorld(t *testing.T, rt *rapid.T, do func(*changingWorld)) {
	var failed any
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(time.Minute)         // lets abandoned calls end
		defer func() { failed = recover() }() // rapid, which is outside the bubble, must see the panic
		time.Sleep(time.Duration(rapid.IntRange(0, 7200).Draw(rt, "begins")) * time.Second)
		now = time.Now()
		w := &world{T: rt, tb: t, keys: map[string]string{}, changes: true, census: sim.New(sim.Options{Empty: true})}
		for range rapid.IntRange(1, 3).Draw(rt, "syncs") {
			w.addSync()
		}
		do(newChangingWorld(w, rapid.Uint64().Draw(rt, "chance"), rapid.Bool().Draw(rt, "slow")))
	})
	if failed != nil {
		panic(failed)
	}
}

// For any queries and changes over time: an answer was true within the time that it claims, and is
// consistent.
func TestChangingWorld(t *testing.T) {
	defer func(was time.Time) { now = was }(now)
	rapid.Check(t, func(rt *rapid.T) {
		inChangingWorld(t, rt, func(l *changingWorld) {
			var before []*query
			for range rapid.IntRange(1, 12).Draw(rt, "turns") {
				var queries []*query
				now = time.Now()
				for range rapid.IntRange(1, 3).Draw(rt, "questions") {
					var a *query
					if len(before) > 0 && rapid.IntRange(0, 2).Draw(rt, "again") == 0 {
						b := rapid.SampledFrom(before).Draw(rt, "which again")
						a = &query{text: b.text, check: b.check}
					} else {
						a = rapid.SampledFrom([]func(*changingWorld) *query{(*changingWorld).querySync, (*changingWorld).querySync, (*changingWorld).queryTimeline, (*changingWorld).queryRun, (*changingWorld).querySyncs}).Draw(rt, "question")(l)
					}
					if a == nil {
						continue
					}
					a.get = rapid.Bool().Draw(rt, "get")
					queries = append(queries, a)
				}
				l.setPrunes(2)
				var wg sync.WaitGroup
				for _, a := range queries {
					wg.Go(func() { l.send(a) })
				}
				wg.Wait()
				l.setPrunes(99)
				for _, a := range queries {
					l.checkAnswer(a)
				}
				before = append(before, queries...)
				time.Sleep(rapid.SampledFrom([]time.Duration{0, time.Millisecond, 700 * time.Millisecond, 2 * time.Second, 4 * time.Second, 6 * time.Second, 40 * time.Second}).Draw(rt, "pause"))
				for range rapid.SampledFrom([]int{0, 0, 1, 2, 5, 30}).Draw(rt, "changes") {
					l.changeSomething()
				}
				time.Sleep(rapid.SampledFrom([]time.Duration{0, time.Millisecond, 700 * time.Millisecond, 2 * time.Second, 4 * time.Second}).Draw(rt, "pause after"))
			}
		})
	})
}

// A walk through a list by cursors returns each run that exists throughout exactly once, in order.
// This holds while time passes, new runs are added and old ones pruned, with and without a cache.
func TestWalkOfChangingList(t *testing.T) {
	defer func(was time.Time) { now = was }(now)
	rapid.Check(t, func(rt *rapid.T) {
		inChangingWorld(t, rt, func(l *changingWorld) {
			id := l.pickSync()
			l.change = func() { l.addOrPruneRuns(id) }
			order, newestFirst := l.drawOrder()
			backward := rapid.Bool().Draw(rt, "backward")
			many := rapid.Bool().Draw(rt, "timeline")
			began := l.world.census.Runs(id)
			var seen []sim.Run
			cursor := ""
			for range 200 {
				limit := rapid.SampledFrom([]int{7, 25, 99, 100, 101, 150}).Draw(rt, "limit")
				args := fmt.Sprintf("first: %d", limit)
				if backward {
					args = fmt.Sprintf("last: %d", limit)
				}
				if cursor != "" {
					args += fmt.Sprintf(", %s: %q", map[bool]string{true: "before", false: "after"}[backward], cursor)
				}
				document := fmt.Sprintf("{ sync(id: %d) { runs(%s%s) %s } }", id, order, args, pageFields)
				if many {
					document = fmt.Sprintf("{ syncRuns(syncIds: [%d], %s%s) %s }", id, order, args, pageFields)
				}
				more := false
				a := &query{text: document, get: rapid.Bool().Draw(rt, "get")}
				a.check = func(a *query) {
					var data struct {
						Sync     struct{ Runs *page }
						SyncRuns *page
					}
					if err := json.Unmarshal(a.data, &data); err != nil || a.notFound {
						l.Fatalf("%v", err)
					}
					p := data.SyncRuns
					if !many {
						p = data.Sync.Runs
					}
					more = p.PageInfo.HasNextPage
					if backward {
						more = p.PageInfo.HasPreviousPage
						slices.Reverse(p.Edges)
					}
					for _, e := range p.Edges {
						cursor = e.Cursor
						seen = append(seen, l.runsOf(a, []row{e.Node})...)
					}
				}
				l.setPrunes(2)
				l.send(a)
				l.checkAnswer(a)
				l.setPrunes(99)
				if !more {
					break
				}
				time.Sleep(rapid.SampledFrom([]time.Duration{0, time.Millisecond, 2 * time.Second, 6 * time.Second}).Draw(rt, "pause"))
				for range rapid.SampledFrom([]int{0, 1, 5}).Draw(rt, "changes") {
					l.addOrPruneRuns(id)
				}
			}
			dir := map[bool]int{true: -1, false: 1}[newestFirst != backward]
			for i := range seen[min(1, len(seen)):] {
				if dir*byCreation(seen[i], seen[i+1]) >= 0 {
					l.Fatalf("%d comes before %d", seen[i].ID, seen[i+1].ID)
				}
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			for _, r := range began {
				if l.removedAt[r.ID].IsZero() && !slices.ContainsFunc(seen, func(s sim.Run) bool { return s.ID == r.ID }) {
					l.Fatalf("%d is missing of %d among %v", r.ID, len(began), runIDs(seen, false))
				}
			}
		})
	})
}
