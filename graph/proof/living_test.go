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

// A living world changes while it is asked, behind all of the gateway's memories.
type living struct {
	*world
	*history
	gateway http.Handler
	slow    bool   // calls take time, in which things change
	change  func() // and how
	cursors map[string][]place
	asks    map[string][]time.Time
	known   map[string]map[string]string // body by query and tag
}

// A place is what a cursor stands for.
type place struct {
	cursor string
	run    sim.Run
}

// An asked question, and what came of it.
type question struct {
	query    string
	check    func(a *question)
	get      bool
	from, to time.Time // what was true then counts
	began    []time.Time
	body     []byte
	data     json.RawMessage
	gone     bool // something was not found
}

func newLiving(w *world, seed uint64, slow bool) *living {
	l := &living{world: w, slow: slow, cursors: map[string][]place{}, asks: map[string][]time.Time{}, known: map[string]map[string]string{}}
	l.history = newHistory(w.census, seed)
	l.change = l.happen
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

// RoundTrip has things happen while Census is asked.
func (l *living) RoundTrip(r *http.Request) (*http.Response, error) {
	wait := func() {
		if !l.slow {
			return
		}
		l.mu.Lock()
		ms, change := l.chance.IntN(100), l.chance.IntN(3) == 0
		l.mu.Unlock()
		if !strings.HasSuffix(r.URL.Path, "/syncs") { // that all may need at once, and wait for in a sync.Once, in which no time passes here
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

// put asks a question.
func (l *living) put(a *question) {
	body, _ := json.Marshal(map[string]any{"query": a.query})
	r := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
	l.mu.Lock()
	tags := l.known[a.query]
	began := time.Now()
	l.asks[a.query] = append(l.asks[a.query], began)
	if a.get {
		r = httptest.NewRequest("GET", "/graphql?query="+url.QueryEscape(a.query), nil)
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
	for _, at := range l.asks[a.query] { // what goes by the clock goes by that of its operation's begin
		if !at.Before(a.from) && !at.After(a.to) {
			a.began = append(a.began, at)
		}
	}
	a.body = rec.Body.Bytes()
	tag := rec.Header().Get("Etag")
	if rec.Code == http.StatusNotModified {
		a.body = []byte(tags[tag])
	} else if tag != "" {
		if tags == nil {
			tags = map[string]string{}
			l.known[a.query] = tags
		}
		tags[tag] = string(a.body)
	}
	if age := 0; tag != "" {
		if _, err := fmt.Sscanf(rec.Header().Get("Cache-Control"), "private, max-age=%d", &age); err != nil {
			a.body = []byte("no age: " + rec.Header().Get("Cache-Control"))
		}
		since := 0
		_, _ = fmt.Sscan(rec.Header().Get("Age"), &since) // none tells of nothing
		age -= since
		if from := a.to.Add(time.Duration(age)*time.Second - freshness); from.After(a.from) && age <= 5 { // else it is a run that changes no more
			a.from = from
		}
	}
}

// judge holds an answer against what was true.
func (l *living) judge(a *question) {
	l.mu.Lock() // calls that nobody waits for any more change things too
	defer l.mu.Unlock()
	var answer struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
		Data json.RawMessage
	}
	if err := json.Unmarshal(a.body, &answer); err != nil {
		l.Fatalf("%s: %v %s", a.query, err, a.body)
	}
	for _, e := range answer.Errors {
		if e.Extensions.Code != "NOT_FOUND" {
			l.Fatalf("%s: %s", a.query, a.body)
		}
		a.gone = true
	}
	a.data = answer.Data
	if wrong := l.untrue(func() { a.check(a) }); wrong != "" {
		l.Fatalf("%s\nfrom %s to %s\n%s\nanswered %s", a.query, a.from.Format(time.StampMilli), a.to.Format(time.StampMilli), wrong, a.body)
	}
}

// livingWorld has do ask a world in which time passes as it is told to.
func livingWorld(t *testing.T, rt *rapid.T, do func(*living)) {
	var failed any
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(time.Minute)         // calls that nobody waits for any more come to their end
		defer func() { failed = recover() }() // rapid wants to know, and it is outside
		time.Sleep(time.Duration(rapid.IntRange(0, 7200).Draw(rt, "begins")) * time.Second)
		now = time.Now()
		w := &world{T: rt, tb: t, keys: map[string]string{}, lives: true, census: sim.New(sim.Options{Empty: true})}
		for range rapid.IntRange(1, 3).Draw(rt, "syncs") {
			w.addSync()
		}
		do(newLiving(w, rapid.Uint64().Draw(rt, "chance"), rapid.Bool().Draw(rt, "slow")))
	})
	if failed != nil {
		panic(failed)
	}
}

// Whatever is asked while time passes and things change: an answer tells what was
// true within the time it claims, and does not contradict itself.
func TestLiving(t *testing.T) {
	defer func(was time.Time) { now = was }(now)
	rapid.Check(t, func(rt *rapid.T) {
		livingWorld(t, rt, func(l *living) {
			var before []*question
			for range rapid.IntRange(1, 12).Draw(rt, "turns") {
				var asks []*question
				now = time.Now()
				for range rapid.IntRange(1, 3).Draw(rt, "questions") {
					var a *question
					if len(before) > 0 && rapid.IntRange(0, 2).Draw(rt, "again") == 0 {
						b := rapid.SampledFrom(before).Draw(rt, "which again")
						a = &question{query: b.query, check: b.check}
					} else {
						a = rapid.SampledFrom([]func(*living) *question{(*living).oneSync, (*living).oneSync, (*living).timeline, (*living).single, (*living).workspace}).Draw(rt, "question")(l)
					}
					if a == nil {
						continue
					}
					a.get = rapid.Bool().Draw(rt, "get")
					asks = append(asks, a)
				}
				l.allow(2)
				var wg sync.WaitGroup
				for _, a := range asks {
					wg.Go(func() { l.put(a) })
				}
				wg.Wait()
				l.allow(99)
				for _, a := range asks {
					l.judge(a)
				}
				before = append(before, asks...)
				time.Sleep(rapid.SampledFrom([]time.Duration{0, time.Millisecond, 700 * time.Millisecond, 2 * time.Second, 4 * time.Second, 6 * time.Second, 40 * time.Second}).Draw(rt, "pause"))
				for range rapid.SampledFrom([]int{0, 0, 1, 2, 5, 30}).Draw(rt, "changes") {
					l.happen()
				}
				time.Sleep(rapid.SampledFrom([]time.Duration{0, time.Millisecond, 700 * time.Millisecond, 2 * time.Second, 4 * time.Second}).Draw(rt, "pause after"))
			}
		})
	})
}

// Whoever walks a list by its cursors, while time passes, new runs come and old ones
// go, sees every run that is there throughout once, in order, memory or not.
func TestLivingWalk(t *testing.T) {
	defer func(was time.Time) { now = was }(now)
	rapid.Check(t, func(rt *rapid.T) {
		livingWorld(t, rt, func(l *living) {
			id := l.pickSync()
			l.change = func() { l.comeAndGo(id) }
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
				query := fmt.Sprintf("{ sync(id: %d) { runs(%s%s) %s } }", id, order, args, pageFields)
				if many {
					query = fmt.Sprintf("{ syncRuns(syncIds: [%d], %s%s) %s }", id, order, args, pageFields)
				}
				more := false
				a := &question{query: query, get: rapid.Bool().Draw(rt, "get")}
				a.check = func(a *question) {
					var data struct {
						Sync     struct{ Runs *page }
						SyncRuns *page
					}
					if err := json.Unmarshal(a.data, &data); err != nil || a.gone {
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
						seen = append(seen, l.tells(a, []row{e.Node})...)
					}
				}
				l.allow(2)
				l.put(a)
				l.judge(a)
				l.allow(99)
				if !more {
					break
				}
				time.Sleep(rapid.SampledFrom([]time.Duration{0, time.Millisecond, 2 * time.Second, 6 * time.Second}).Draw(rt, "pause"))
				for range rapid.SampledFrom([]int{0, 1, 5}).Draw(rt, "changes") {
					l.comeAndGo(id)
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
				if l.ended[r.ID].IsZero() && !slices.ContainsFunc(seen, func(s sim.Run) bool { return s.ID == r.ID }) {
					l.Fatalf("%d is missing of %d among %v", r.ID, len(began), runIDs(seen, false))
				}
			}
		})
	})
}
