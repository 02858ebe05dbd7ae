package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/settings"
	"census-gateway/upstream/sim"
)

// A listener is the client of one subscription. It receives its events.
type listener struct {
	mu     sync.Mutex
	header http.Header
	text   bytes.Buffer
	leave  func()            // ends the subscription and waits for its end
	each   func(data string) // gets the data of each event; may be nil
}

func listen(h http.Handler, query string, each func(data string), headers ...string) *listener {
	ctx, cancel := context.WithCancel(context.Background())
	l := &listener{header: make(http.Header), each: each}
	r := httptest.NewRequestWithContext(ctx, "GET", "http://localhost/graphql?query="+url.QueryEscape(query), nil)
	r.Header.Set("Accept", "text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	var done sync.WaitGroup
	done.Go(func() { h.ServeHTTP(l, r) })
	l.leave = func() { cancel(); done.Wait() }
	return l
}

func (l *listener) Header() http.Header { return l.header }
func (l *listener) WriteHeader(int)     {}
func (l *listener) Flush()              {}
func (l *listener) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.each != nil {
		for line := range strings.Lines(string(p)) {
			if data, ok := strings.CutPrefix(line, "data: {"); ok {
				l.each("{" + data)
			}
		}
	}
	return l.text.Write(p)
}

// take returns the events that came since it was last called.
func (l *listener) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

// A client that queries again after an event sees the event's change, even if cached
// answers and pages are still fresh.
func TestQueriesShowChangesOfEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, err := settings.Read([]string{"--freshness=1h"}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		g, err := open(t.Context(), s, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		h, err := g.handler(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		id := g.sim.AddSync(sim.Sync{Label: "by hand", Frequency: "never", CreatedAt: time.Now()})
		run := g.sim.AddRun(id, sim.Run{Status: "working"})
		questions := []string{
			fmt.Sprintf("{sync(id:%d){runs(first:5){nodes{outcome}}}}", id),
			fmt.Sprintf("{syncRun(id:%d){outcome}}", run),
			fmt.Sprintf("{syncs(ids:[%d]){nodes{latestRun{outcome}health{state}}}}", id),
		}
		check := func(what string) {
			t.Helper()
			for _, query := range questions {
				a, err := askWithin(t.Context(), h, http.Header{}, "", map[string]string{"query": query})
				if err != nil || !strings.Contains(a.body.String(), what) {
					t.Errorf("%s: answer %s, error %v; want %s", query, &a.body, err, what)
				}
			}
		}
		l := listen(h, fmt.Sprintf("subscription{syncRunChanged(syncIds:[%d]){run{outcome}}}", id), nil)
		time.Sleep(5 * time.Second) // for the first read
		l.take()
		check("IN_PROGRESS")
		g.sim.UpdateRun(run, func(r *sim.Run) { r.Status, r.CompletedAt, r.UpdatedAt = "failed", time.Now(), time.Now() })
		check("IN_PROGRESS")
		time.Sleep(10 * time.Second)
		if events := l.take(); !strings.Contains(events, "FAILED") {
			t.Fatalf("no event: %s", events)
		}
		check("FAILED")
		l.leave()

		l = listen(h, fmt.Sprintf("subscription{alertChanged(syncIds:[%d]){state}}", id), nil)
		time.Sleep(time.Second)
		questions = []string{fmt.Sprintf("{sync(id:%d){label}}", id)}
		check("by hand")
		g.sim.RemoveSync(id)
		time.Sleep(time.Minute)
		if events := l.take(); !strings.Contains(events, "RESOLVED") {
			t.Fatalf("no event: %s", events)
		}
		check("NOT_FOUND")
		l.leave()
		time.Sleep(time.Minute)
	})
}
