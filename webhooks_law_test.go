package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// A receiver posts webhooks to h. It records when h accepted an event.
type receiver struct {
	h      http.Handler
	mu     sync.Mutex
	taken  map[int64][]time.Time // by sync
	forged int                   // forged events that were rejected
	wrong  int                   // events answered with another status than their signature requires
}

func (r *receiver) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(strings.NewReader(string(body)))
	w := httptest.NewRecorder()
	r.h.ServeHTTP(w, request)
	var event struct {
		Sync int64 `json:"sync_id"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch good := request.Header.Get("X-Signature") == signed("new", string(body)); {
	case good && w.Code == http.StatusNoContent:
		r.taken[event.Sync] = append(r.taken[event.Sync], time.Now())
	case !good && w.Code == http.StatusUnauthorized:
		r.forged++
	default:
		r.wrong++
	}
	return w.Result(), nil
}

// A state is one of the states that a run passes through.
type state struct {
	Status string `json:"rawStatus"`
	Source int64  `json:"sourceRecordCount"`
}

// A hookedRun is a run, with all its states.
type hookedRun struct {
	id     int64
	sync   int64
	states []state
	since  time.Time // when it entered the last state
}

// Webhooks may be lost, repeated, late or forged: subscribers receive the same events. Each
// event is a state that the run had. The states come in order, each once, and the last
// state comes no later than without webhooks. After an accepted event they come at once.
// Forged events have no effect.
func TestLawWebhooksAreHints(t *testing.T) {
	type step struct {
		After, What, Sync int
	}
	rapid.Check(t, func(rt *rapid.T) {
		const syncs = 3
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			return step{rapid.IntRange(0, 100).Draw(t, "after"), rapid.IntRange(0, 3).Draw(t, "what"), rapid.IntRange(0, syncs-1).Draw(t, "sync")}
		}), 3, 12).Draw(rt, "steps")
		fates := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) sim.Delivery {
			return sim.Delivery{After: time.Duration(rapid.SampledFrom([]int{0, 0, 1, 7, 120, 500}).Draw(t, "late")) * time.Second, Forged: rapid.IntRange(0, 3).Draw(t, "forged") == 0}
		}), 0, 3), 1, 12).Draw(rt, "fates")
		named := rapid.Bool().Draw(rt, "named")
		failure := ""
		synctest.Test(t, func(t *testing.T) {
			c := sim.New(sim.Options{Empty: true})
			g, h := gatewayOver(t, c, "--watch-calls=600", "--census-api-token=x")
			var ids []string
			var runs []*hookedRun
			working := make(map[int64]*hookedRun)
			for i := range syncs {
				ids = append(ids, fmt.Sprint(c.AddSync(sim.Sync{Label: fmt.Sprint(i), Frequency: "never", CreatedAt: time.Now()})))
			}
			within, filter := 15*time.Minute, ""
			if named {
				within, filter = time.Minute, "(syncIds:["+strings.Join(ids, ",")+"])"
			}
			in := &receiver{h: h, taken: make(map[int64][]time.Time)}
			sent := 0
			stop := c.Send(sim.Webhook{URL: "http://tunnel.example/webhooks/census", Secret: "new", Client: &http.Client{Transport: in},
				Deliver: func(string, sim.Run) []sim.Delivery {
					sent++
					return fates[sent%len(fates)]
				}})
			received := make(map[string][]runEvent)
			l := listen(h, "subscription{syncRunChanged"+filter+"{run{id rawStatus sourceRecordCount}}}", func(data string) { record(t, received, data) })
			time.Sleep(30*time.Second + sim.SendEvery/2) // no change at the moment of an event or a read
			for _, s := range steps {
				time.Sleep(time.Duration(s.After) * time.Second)
				id := c.Syncs()[s.Sync].ID
				run := working[id]
				if run == nil {
					run = &hookedRun{id: c.AddRun(id, sim.Run{Status: "queued", UpdatedAt: time.Now()}), sync: id}
					runs, working[id] = append(runs, run), run
				} else {
					c.UpdateRun(run.id, func(r *sim.Run) {
						r.UpdatedAt = time.Now()
						switch r.Counts.Source = max(r.Counts.Source, 0) + 1; s.What {
						case 0:
							r.Status, r.CompletedAt = "failed", time.Now()
						case 1:
							r.Status, r.CompletedAt = "completed", time.Now()
						default:
							r.Status = "working"
						}
					})
					if s.What < 2 {
						delete(working, id)
					}
				}
				all := c.Runs(id)
				now := all[slices.IndexFunc(all, func(r sim.Run) bool { return r.ID == run.id })]
				run.states, run.since = append(run.states, state{now.Status, max(now.Counts.Source, 0)}), time.Now()
			}
			time.Sleep(within + time.Minute)
			l.leave()
			stop()
			for _, run := range runs {
				events := received[fmt.Sprintf("SyncRun:%d", run.id)]
				last := -1
				for _, e := range events {
					i := slices.Index(run.states, e.state)
					if i <= last {
						failure = fmt.Sprintf("run %d: events %v, but its states were %v", run.id, events, run.states)
					}
					last = i
				}
				if last != len(run.states)-1 {
					failure = fmt.Sprintf("run %d: events %v, but its states were %v", run.id, events, run.states)
					continue
				}
				at, latest := events[len(events)-1].at, run.since.Add(within)
				for _, taken := range in.taken[run.sync] {
					if !taken.Before(run.since) && taken.Before(latest) {
						latest = taken
					}
				}
				if at.Sub(latest) > 3*time.Second {
					failure = fmt.Sprintf("run %d: the last event is %s late", run.id, at.Sub(latest))
				}
			}
			if n := g.webhooks.unsigned.Load(); int(n) != in.forged || in.wrong > 0 {
				failure = fmt.Sprintf("%d unsigned, %d forged, %d with a wrong status", n, in.forged, in.wrong)
			}
			time.Sleep(time.Minute)
		})
		if failure != "" {
			rt.Fatal(failure)
		}
	})
}

// A runEvent is an event of a run that a subscriber received.
type runEvent struct {
	state
	at time.Time
}

// record adds an event to the received ones, by run.
func record(t *testing.T, to map[string][]runEvent, data string) {
	var a struct {
		Data struct {
			SyncRunChanged struct {
				Run struct {
					ID string
					state
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(data), &a); err != nil {
		t.Error(err, data)
	}
	run := a.Data.SyncRunChanged.Run
	to[run.ID] = append(to[run.ID], runEvent{run.state, time.Now()})
}
