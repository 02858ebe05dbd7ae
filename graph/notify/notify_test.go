package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/graph/alerts"
	"census-gateway/graph/live"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
	"census-gateway/upstream/sim"
)

const (
	secretURL = "https://hooks.test/services/CANARY?key=CANARY"
	key       = "CANARYkey"
)

// A receiver answers and records posts.
type receiver struct {
	status []int // of each answer in order; the last one repeats; 0: the connection fails
	header http.Header
	got    []post
	began  time.Time
}

// A post is a received request. at is its time in seconds since the start.
type post struct {
	at        float64
	body      string
	signature string
}

func (r *receiver) RoundTrip(q *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(q.Body)
	if err != nil || q.URL.String() != secretURL || q.Method != "POST" || q.Header.Get("Content-Type") != "application/json" {
		return nil, fmt.Errorf("%s %s: %v", q.Method, q.URL, err)
	}
	status := r.status[min(len(r.got), len(r.status)-1)]
	r.got = append(r.got, post{time.Since(r.began).Seconds(), string(body), q.Header.Get("X-Signature")})
	if status == 0 {
		return nil, &net.OpError{Op: "dial", Err: errors.New(secretURL + " refused")}
	}
	header := r.header
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader("no_service"))}, nil
}

// change returns a change of an alert of sync n.
func change(n int, state alerts.State) live.AlertChange {
	return live.AlertChange{Sync: &census.Sync{ID: census.SyncID(n)}, After: alerts.Alert{ID: fmt.Sprint("SyncAlert:", n), Sync: census.SyncID(n), Rule: alerts.FailedRun, State: state, Message: "The last finished run failed."}}
}

// runSender runs f with a sender that posts to r. It returns the sender and its log.
func runSender(t *testing.T, r *receiver, f func(s *Sender)) (s *Sender, log string) {
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		r.began = time.Now()
		s = &Sender{URL: secretURL, Secret: key, Transport: r, Log: slog.New(slog.NewTextHandler(&out, nil)), wake: make(chan struct{}, 1)}
		ctx, end := context.WithCancel(t.Context())
		done := make(chan bool)
		go func() {
			s.send(ctx)
			close(done)
		}()
		f(s)
		end()
		<-done
	})
	if log = out.String(); strings.Contains(log, "CANARY") || strings.Contains(log, "hooks.test") {
		t.Errorf("the log contains a secret: %s", log)
	}
	return s, log
}

// statsText formats the numbers of messages delivered, rejected and failed, and of changes dropped.
func statsText(s *Sender) string { return fmt.Sprint(s.Stats()) }

// A message is posted until it is accepted, with the same body and signature each time. Some
// statuses are final.
func TestRetries(t *testing.T) {
	for _, c := range []struct {
		name    string
		status  []int
		header  http.Header
		at      []float64 // seconds
		outcome string
	}{
		{"accepted", []int{200}, nil, []float64{2}, "1 0 0 0"},
		{"accepted without a body", []int{204}, nil, []float64{2}, "1 0 0 0"},
		{"down for a while", []int{503, 0, 408, 429, 200}, nil, []float64{2, 4, 12, 42, 162}, "1 0 0 0"},
		{"down", []int{500}, nil, []float64{2, 4, 12, 42, 162}, "0 0 1 0"},
		{"unreachable", []int{0}, nil, []float64{2, 4, 12, 42, 162}, "0 0 1 0"},
		{"Retry-After", []int{429, 200}, http.Header{"Retry-After": {"60"}}, []float64{2, 62}, "1 0 0 0"},
		{"Retry-After too large for a duration", []int{429, 200}, http.Header{"Retry-After": {"99999999999"}}, []float64{2, 302}, "1 0 0 0"},
		{"Retry-After over the maximum", []int{429, 200}, http.Header{"Retry-After": {"9999"}}, []float64{2, 302}, "1 0 0 0"},
		{"rejected", []int{404, 200}, nil, []float64{2}, "0 1 0 0"},
		{"forbidden", []int{403, 200}, nil, []float64{2}, "0 1 0 0"},
		{"redirected", []int{307, 200}, http.Header{"Location": {secretURL}}, []float64{2}, "0 1 0 0"},
	} {
		r := &receiver{status: c.status, header: c.header}
		s, log := runSender(t, r, func(s *Sender) {
			s.enqueue(change(1, alerts.Firing))
			time.Sleep(time.Hour)
		})
		var at []float64
		for _, p := range r.got {
			at = append(at, p.at)
			if p.body != r.got[0].body || p.signature != signature([]byte(p.body), key) {
				t.Errorf("%s: %+v", c.name, p)
			}
		}
		if !slices.Equal(at, c.at) || statsText(s) != c.outcome {
			t.Errorf("%s: at %v, %s; want %v, %s\n%s", c.name, at, statsText(s), c.at, c.outcome, log)
		}
	}
}

// Up to five changes in 30 s are sent one by one. More are sent as one message, and so are those of
// the next 30 s.
func TestBatches(t *testing.T) {
	for _, c := range []struct {
		name string
		come []int    // number of changes in each second
		want []string // second and number of changes of each message
	}{
		{"one", []int{1}, []string{"2:1"}},
		{"five at once", []int{5}, []string{"2:1", "2:1", "2:1", "2:1", "2:1"}},
		{"six at once", []int{6}, []string{"2:6"}},
		{"more during the delay", []int{3, 3}, []string{"2:6"}},
		{"one after the other", []int{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}, []string{"2:1", "7:1", "12:1"}},
		{"the sixth in 30 s, and later ones", []int{5, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2}, []string{"2:1", "2:1", "2:1", "2:1", "2:1", "7:1", "37:3"}},
	} {
		r := &receiver{status: []int{200}}
		n := 0
		_, _ = runSender(t, r, func(s *Sender) {
			for _, k := range c.come {
				for range k {
					n++
					s.enqueue(change(n, alerts.Firing))
				}
				time.Sleep(time.Second)
			}
			time.Sleep(5 * time.Minute)
		})
		var got []string
		for _, p := range r.got {
			var m message
			if err := json.Unmarshal([]byte(p.body), &m); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%.0f:%d", p.at, len(m.Alerts)))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// While the receiver is down, at most 1,000 changes wait. When the gateway stops, they are sent at
// once.
func TestQueueIsBoundedAndDrained(t *testing.T) {
	r := &receiver{status: []int{500, 200}}
	s, _ := runSender(t, r, func(s *Sender) {
		s.enqueue(change(1, alerts.Firing))
		time.Sleep(3 * time.Second)
		for n := range maxQueued + 20 {
			s.enqueue(change(n, alerts.Firing))
		}
	})
	if statsText(s) != "2 0 0 20" || len(r.got) != 3 || r.got[2].at != 3 || !strings.Contains(r.got[2].body, `"text":"1000 changes of alerts:\nFiring: FAILED_RUN of sync 20. `) ||
		!strings.Contains(r.got[2].body, `\nand 980 more"`) || strings.Count(r.got[2].body, `"id":`) != maxQueued {
		t.Errorf("%s, %d posts: %.300s", statsText(s), len(r.got), r.got[len(r.got)-1].body)
	}
}

// A message contains all data of the alert, and its text contains no link or mention.
func TestMessage(t *testing.T) {
	value, threshold := 80.5, 75.
	c := live.AlertChange{Sync: &census.Sync{ID: 52, Label: new(string)}, After: alerts.Alert{ID: "SyncAlert:52:FAILED_RECORDS:CENSUS_SETTINGS:7", Sync: 52, Rule: alerts.FailedRecords, State: alerts.Resolved,
		Since: 1_700_000_000_000, Message: "80.5 % of the run's records.", Value: &value, Threshold: &threshold, Run: &census.SyncRun{ID: 94}}}
	*c.Sync.Label = "A & B\n<!channel>"
	var m map[string]any
	if err := json.Unmarshal(bodyOf([]live.AlertChange{c}), &m); err != nil {
		t.Fatal(err)
	}
	if text := "Resolved: FAILED_RECORDS of A &amp; B &lt;!channel&gt; (sync 52). 80.5 % of the run's records."; m["text"] != text {
		t.Errorf("%s, want %s", m["text"], text)
	}
	got, _ := json.Marshal(m["alerts"])
	const want = `[{"id":"SyncAlert:52:FAILED_RECORDS:CENSUS_SETTINGS:7","label":"A \u0026 B\n\u003c!channel\u003e","message":"80.5 % of the run's records.",` +
		`"rule":"FAILED_RECORDS","runId":94,"since":"2023-11-14T22:13:20.000Z","state":"RESOLVED","syncId":52,"threshold":75,"value":80.5}]`
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := string(bodyOf([]live.AlertChange{change(1, alerts.Firing)})); !strings.Contains(got, `"label":null,"since":null,`) || !strings.Contains(got, `"value":null,"threshold":null,"runId":null`) {
		t.Errorf("%s", got)
	}
}

// The settings of an alert determine what is sent: the first or each failed run, with or without
// the end.
func TestAlertSettingsDecideWhatIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := sim.New(sim.Options{Empty: true, Now: time.Now})
		end := func(id int64, status string) {
			c.AddRun(id, sim.Run{Status: status, UpdatedAt: time.Now(), CompletedAt: time.Now()})
		}
		for _, setting := range []string{`"send_for":"first_time","should_send_recovery":true`, `"send_for":"every_time","should_send_recovery":false`, `"send_for":"every_time","should_send_recovery":true`} {
			end(c.AddSync(sim.Sync{Frequency: "never", CreatedAt: time.Now(), Alerts: `[{"id":1,"type":"FailureAlertConfiguration",` + setting + `}]`}), "completed")
		}
		end(3, "failed")
		time.Sleep(time.Hour)
		r := &receiver{status: []int{200}, began: time.Now()}
		s := &Sender{URL: secretURL, Transport: r, Log: slog.New(slog.DiscardHandler)}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan bool)
		go func() {
			s.Run(ctx, upstream.New("t", upstream.Options{BaseURL: sim.Base(), Transport: c.Transport()}), &live.Watchers{Calls: 600})
			close(done)
		}()
		time.Sleep(time.Minute)
		for _, status := range []string{"failed", "failed", "completed"} {
			end(1, status)
			end(2, status)
			time.Sleep(20 * time.Minute)
		}
		end(3, "failed")
		time.Sleep(20 * time.Minute)
		end(3, "completed")
		time.Sleep(20 * time.Minute)
		stop()
		<-done
		var got []string
		for _, p := range r.got {
			var m message
			if err := json.Unmarshal([]byte(p.body), &m); err != nil || p.signature != "" {
				t.Fatal(err, p)
			}
			for _, a := range m.Alerts {
				got = append(got, fmt.Sprint(a.SyncID, " ", a.State))
			}
		}
		slices.SortStableFunc(got, func(a, b string) int { return strings.Compare(a[:1], b[:1]) })
		want := []string{"1 FIRING", "1 RESOLVED", "2 FIRING", "2 FIRING", "3 FIRING", "3 RESOLVED"}
		if !slices.Equal(got, want) {
			t.Errorf("sent %q, want %q", got, want)
		}
	})
}

// Of several gateways with shared claims, one sends each change. A gateway with another URL sends
// its own.
func TestOneGatewaySendsEachChange(t *testing.T) {
	var mu sync.Mutex
	claims := map[string]bool{}
	claim := func(key string) bool {
		mu.Lock()
		defer mu.Unlock()
		first := !claims[key]
		claims[key] = true
		return first
	}
	a, b, other := &Sender{URL: secretURL, Claim: claim}, &Sender{URL: secretURL, Claim: claim}, &Sender{URL: "https://other.test", Claim: claim}
	firing, resolved := change(1, alerts.Firing), change(1, alerts.Resolved)
	again := firing
	again.After.Run = &census.SyncRun{ID: 94}
	for _, c := range []live.AlertChange{firing, resolved, again} {
		if !a.claim(c, "t") || b.claim(c, "t") || a.claim(c, "t") || !other.claim(c, "t") || !a.claim(c, "u") || !(&Sender{}).claim(c, "t") {
			t.Errorf("%+v is not sent exactly once", c.After)
		}
	}
	for key := range claims {
		if strings.Contains(key, "CANARY") {
			t.Error(key)
		}
	}
}
