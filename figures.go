package main

import (
	"slices"
	"sync/atomic"

	"census-gateway/edge/observe"
)

// figures returns the metrics that are read from parts of the gateway at every scrape.
func (g *gateway) figures() []observe.Figure {
	reloads := func(result string, n *atomic.Int64) observe.Figure {
		return observe.Figure{Name: "reloads_total", Help: "Times the settings were read again, by result: whole, partial (unreadable files kept their previous content), or failed.",
			Label: "result", LabelValue: result, Counter: true, Value: func() (float64, bool) { return float64(n.Load()), true }}
	}
	return slices.Concat(g.redisFigures(), g.webhooks.figures(), g.alertFigures(), []observe.Figure{
		reloads("whole", &g.reloads.whole),
		reloads("partial", &g.reloads.partial),
		reloads("failed", &g.reloads.failed),
		{Name: "settings_read_timestamp_seconds", Help: "When all settings were last read without an error, at the start or by a reload, in seconds since 1970.",
			Value: func() (float64, bool) { return float64(g.reloads.last.Load()), true }},
		{Name: "api_version", Help: "The version of Census's API that the gateway calls, in the label. The value is always 1.", Label: "version", LabelValue: g.census.Version().String(),
			Value: func() (float64, bool) { return 1, true }},
		{Name: "census_breakers_open", Help: "Tokens whose breaker is open: calls fail at once, because Census failed too often. 0 or 1, more in pass-through.",
			Value: func() (float64, bool) { return float64(g.census.State().OpenBreakers), true }},
		{Name: "census_tokens_paused", Help: "Tokens paused after Census answered 429: 0 or 1, more in pass-through.",
			Value: func() (float64, bool) { return float64(g.census.State().PausedTokens), true }},
		{Name: "census_things_paused", Help: "Syncs, lists and single runs, of any token, that are paused after they answered 429.",
			Value: func() (float64, bool) { return float64(g.census.State().PausedTargets), true }},
		{Name: "connections_open", Help: "Open client connections.",
			Value: func() (float64, bool) {
				conns := g.conns.Load()
				if conns == nil {
					return 0, false
				}
				return float64(conns.Open()), true
			}},
		{Name: "subscriptions_open", Help: "Subscriptions that are open.", Value: func() (float64, bool) { return float64(g.streams.Open()), true }},
		{Name: "watchers", Help: "Tokens whose workspaces are watched for subscriptions: 0 or 1, more in pass-through.",
			Value: func() (float64, bool) { watchers, _, _ := g.watch.Stats(); return float64(watchers), true }},
		{Name: "watch_calls_total", Help: "Calls to Census made for watching, including retries.", Counter: true,
			Value: func() (float64, bool) { _, calls, _ := g.watch.Stats(); return float64(calls), true }},
		{Name: "watch_behind_seconds", Help: "How long the next read of a watched sync has been due. If it is more than a few seconds, raise GATEWAY_WATCH_CALLS.",
			Value: func() (float64, bool) { _, _, behind := g.watch.Stats(); return behind.Seconds(), true }},
		{Name: "jwks_age_seconds", Help: "Time since the public keys of the JWT issuer were last read. Keys expire after a day.",
			Value: func() (float64, bool) {
				keys := g.jwks.Load()
				if keys == nil {
					return 0, false
				}
				age, ok := keys.Age()
				return age.Seconds(), ok
			}},
		{Name: "jwks_failures_total", Help: "Failed reads of the JWT issuer's public keys.", Counter: true,
			Value: func() (float64, bool) {
				keys := g.jwks.Load()
				if keys == nil {
					return 0, false
				}
				return float64(keys.Failures()), true
			}},
	})
}
