package sim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"sync"
	"time"
)

// A Webhook receives events of runs as Census sends them: one JSON object for each event,
// signed by the secret. Send sends them.
type Webhook struct {
	URL, Secret string
	Client      *http.Client // nil: http.DefaultClient
	// Deliver returns the copies of an event to send. Nil sends each event once, immediately.
	Deliver func(event string, r Run) []Delivery
}

// A Delivery describes one copy of an event. With no copy the event is lost, with several
// it is repeated. Different delays change the order of events.
type Delivery struct {
	After  time.Duration
	Forged bool // signed by another secret
}

// SendEvery is how often Send looks for changes of runs.
const SendEvery = time.Second

// Send sends events of all changes from now on to h, until stop is called. stop returns
// after all copies on their way have arrived.
func (c *Census) Send(h Webhook) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	seen := make(map[int64]string) // status by run
	c.events(seen)
	var under sync.WaitGroup
	under.Go(func() {
		for {
			select {
			case <-time.After(SendEvery):
			case <-ctx.Done():
				return
			}
			for _, e := range c.events(seen) {
				deliveries := []Delivery{{}}
				if h.Deliver != nil {
					deliveries = h.Deliver(e.name, e.run)
				}
				for _, d := range deliveries {
					under.Go(func() { h.post(ctx, e, d) })
				}
			}
		}
	})
	return func() { cancel(); under.Wait() }
}

// A hookEvent is one event of a run.
type hookEvent struct {
	name string
	run  Run
}

// events returns the events of runs whose status differs from the one in seen, and updates seen.
func (c *Census) events(seen map[int64]string) (events []hookEvent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.nowMS()
	c.advance(now)
	for _, s := range c.syncs {
		for i := max(len(s.rows)-60, 0); i < len(s.rows); i++ { // older runs no longer change
			r := c.runAt(s, &s.rows[i], now)
			was, known := seen[r.ID]
			seen[r.ID] = r.Status
			if r.Status == was || r.Status == "skipped" { // no event for skipped runs is documented
				continue
			}
			if !known {
				events = append(events, hookEvent{"sync.triggered", r})
			}
			if r.Status != "queued" && (!known || was == "queued") {
				events = append(events, hookEvent{"sync.started", r})
			}
			switch r.Status {
			case "completed":
				events = append(events, hookEvent{"sync.completed", r}, hookEvent{"sync.success", r})
			case "failed":
				events = append(events, hookEvent{"sync.completed", r}, hookEvent{"sync.failed", r}, hookEvent{"sync.alert.raised", r})
			}
		}
	}
	return events
}

// post sends one copy of an event. It ignores the answer, as Census reports it to nobody.
func (h Webhook) post(ctx context.Context, e hookEvent, d Delivery) {
	select {
	case <-time.After(d.After):
	case <-ctx.Done():
		return
	}
	body, secret := e.body(), h.Secret
	if d.Forged {
		secret += "x"
	}
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write(body)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Signature", base64.StdEncoding.EncodeToString(sum.Sum(nil)))
	client := h.Client
	if client == nil {
		client = http.DefaultClient
	}
	if answer, err := client.Do(r); err == nil {
		answer.Body.Close()
	}
}

// body returns the JSON of an event.
func (e hookEvent) body() []byte {
	o := object{}
	o.open()
	o.int("workspace_id", 7)
	o.int("sync_id", e.run.SyncID)
	o.int("sync_run_id", e.run.ID)
	o.str("event", e.name)
	switch e.name {
	case "sync.completed":
		status := "ok"
		if e.run.Status == "failed" {
			status = "emergency"
		}
		o.str("status", status)
	case "sync.alert.raised":
		o.int("alert_instance_id", e.run.ID)
		o.str("alert_type", "FailureAlertConfiguration")
		o.str("message", "Sync Failed")
		o.raw("details", "{}")
	}
	o.close()
	return o.b
}
