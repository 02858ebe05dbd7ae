package main

import (
	"time"

	"census-gateway/edge/observe"
	"census-gateway/graph/notify"
	"census-gateway/settings"
	"census-gateway/upstream/calls"
)

// claimFor is the time during which only one gateway sends a change of an alert. All
// gateways detect the change within this time.
const claimFor = 2 * time.Minute

// newSender returns the sender of changes of alerts; nil if no webhook is set.
func (g *gateway) newSender(s settings.Settings) *notify.Sender {
	if s.AlertWebhook == "" {
		return nil
	}
	sender := &notify.Sender{URL: s.AlertWebhook, Secret: s.AlertSecret, Transport: calls.Transport(1), Log: g.log}
	if g.redis != nil {
		sender.Claim = func(key string) bool { return g.redis.Claim(key, claimFor) }
	}
	return sender
}

// alertFigures returns the metrics of the alert webhook; nil if no webhook is set.
func (g *gateway) alertFigures() []observe.Figure {
	if g.alerts == nil {
		return nil
	}
	messages := func(outcome string, n func() int64) observe.Figure {
		return observe.Figure{Name: "alert_messages_total", Help: "Messages to the alert webhook, by outcome: delivered, rejected by the receiver, or failed after all tries.",
			Label: "outcome", LabelValue: outcome, Counter: true, Value: func() (float64, bool) { return float64(n()), true }}
	}
	return []observe.Figure{
		messages("delivered", func() int64 { delivered, _, _, _ := g.alerts.Stats(); return delivered }),
		messages("rejected", func() int64 { _, rejected, _, _ := g.alerts.Stats(); return rejected }),
		messages("failed", func() int64 { _, _, failed, _ := g.alerts.Stats(); return failed }),
		{Name: "alert_changes_dropped_total", Help: "Changes of alerts that were not sent because more than 1,000 waited for the webhook.", Counter: true,
			Value: func() (float64, bool) { _, _, _, dropped := g.alerts.Stats(); return float64(dropped), true }},
	}
}
