package main

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"census-gateway/edge"
	"census-gateway/edge/observe"
	"census-gateway/graph/live"
	"census-gateway/internal/errcodes"
	"census-gateway/upstream/census"
)

// webhookPath is where Census's webhooks are received.
const webhookPath = "/webhooks/census"

// webhooks counts requests at webhookPath by result.
type webhooks struct {
	taken, ignored, unsigned, invalid atomic.Int64
}

// figures returns the metrics of webhooks.
func (w *webhooks) figures() []observe.Figure {
	of := func(result string, n *atomic.Int64) observe.Figure {
		return observe.Figure{Name: "webhooks_total", Help: "Webhooks received, by result: taken, ignored (an event of another kind), unsigned (rejected), or invalid (rejected).",
			Label: "result", LabelValue: result, Counter: true, Value: func() (float64, bool) { return float64(n.Load()), true }}
	}
	return []observe.Figure{of("taken", &w.taken), of("ignored", &w.ignored), of("unsigned", &w.unsigned), of("invalid", &w.invalid)}
}

// withWebhook serves Census's webhooks in front of next, if there are secrets. The signature of a
// webhook suffices: it needs no credentials of callers and no known host name, because a tunnel may
// replace the host name.
func (g *gateway) withWebhook(secrets []string) func(http.Handler) http.Handler {
	if len(secrets) == 0 {
		return nil
	}
	signed := edge.Signed(secrets)(http.HandlerFunc(g.webhook))
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != webhookPath {
				next.ServeHTTP(w, r)
				return
			}
			signed.ServeHTTP(w, r)
			switch edge.Status(w) {
			case http.StatusUnauthorized:
				g.webhooks.unsigned.Add(1)
			case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
				g.webhooks.invalid.Add(1)
			}
		})
	}
}

// webhook receives a signed event. An event is only a hint: the gateway reads again what
// may have changed. A lost, repeated, late or false event therefore does no harm. Only
// reports of alerts are kept, because the API does not list open alerts.
func (g *gateway) webhook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var event census.Event
	if err == nil {
		event, err = census.DecodeEvent(body)
	}
	if err != nil {
		edge.Refuse(w, r, &edge.Refusal{Status: http.StatusBadRequest, Code: errcodes.BadRequest, Reason: edge.ForNoEvent, Cause: err,
			Message: "The body must be an event of Census: a JSON object with event and sync_id."})
		return
	}
	g.log.DebugContext(r.Context(), "webhook", "event", event.Name, "sync", event.Sync, "run", event.Run)
	if event.Sync == 0 {
		g.webhooks.ignored.Add(1)
	} else {
		g.webhooks.taken.Add(1)
		g.handleWebhook(event)
	}
	w.WriteHeader(http.StatusNoContent)
}

// handleWebhook handles an event in all gateways.
func (g *gateway) handleWebhook(event census.Event) {
	g.handleEvent(event)
	event.Alert.Message = "" // it may name records, and Redis could read it
	g.publish(hints, event)
}

// handleEvent handles an event in this gateway: it discards cached data of the sync and wakes its
// watchers.
func (g *gateway) handleEvent(event census.Event) {
	alert, changed := g.reportedAlerts.Record(event, time.Now())
	g.expire(event)
	if changed {
		g.watch.PublishAlert(alert)
	}
	if !g.watch.Wake(event.Sync) {
		time.AfterFunc(live.SoonAgain, func() { g.expire(event) })
	}
}

// expire discards cached data that an event may have changed.
func (g *gateway) expire(event census.Event) {
	g.census.Invalidate(time.Now(), event.Sync, event.Run)
	g.answers.Forget()
}
