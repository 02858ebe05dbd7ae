package main

import (
	"sync/atomic"

	"census-gateway/edge/observe"
)

// figures are what the parts of a gateway tell of themselves at every scrape.
func (g *gateway) figures() []observe.Figure {
	reloads := func(result string, n *atomic.Int64) observe.Figure {
		return observe.Figure{Name: "reloads_total", Help: "Times the settings were read again: whole, in part (what could not be read stayed as it was), or failed.",
			Label: "result", LabelValue: result, Counter: true, Value: func() (float64, bool) { return float64(n.Load()), true }}
	}
	return []observe.Figure{
		reloads("whole", &g.reloads.whole),
		reloads("partial", &g.reloads.partial),
		reloads("failed", &g.reloads.failed),
		{Name: "settings_read_timestamp_seconds", Help: "When all settings were last read without a fault, at the start or by a reload, in seconds since 1970.",
			Value: func() (float64, bool) { return float64(g.reloads.last.Load()), true }},
		{Name: "api_version", Help: "The version of Census's API that is asked: always 1.", Label: "version", LabelValue: g.census.Version().String(),
			Value: func() (float64, bool) { return 1, true }},
		{Name: "census_breakers_open", Help: "Tokens for which no calls are made since Census fails: 0 or 1, more in pass-through.",
			Value: func() (float64, bool) { return float64(g.census.State().Open), true }},
		{Name: "census_tokens_paused", Help: "Tokens for which no calls are made since Census wants fewer (429): 0 or 1, more in pass-through.",
			Value: func() (float64, bool) { return float64(g.census.State().Paused), true }},
		{Name: "census_things_paused", Help: "Syncs, lists and single runs, of any token, for which no calls are made since they answered 429.",
			Value: func() (float64, bool) { return float64(g.census.State().Things), true }},
		{Name: "connections_open", Help: "Connections of clients that are open.",
			Value: func() (float64, bool) {
				conns := g.conns.Load()
				if conns == nil {
					return 0, false
				}
				return float64(conns.Open()), true
			}},
		{Name: "jwks_age_seconds", Help: "Time since the public keys of the JWTs' issuer were last read. They are in force for a day.",
			Value: func() (float64, bool) {
				keys := g.jwks.Load()
				if keys == nil {
					return 0, false
				}
				age, ok := keys.Age()
				return age.Seconds(), ok
			}},
		{Name: "jwks_failures_total", Help: "Readings of these keys that failed.", Counter: true,
			Value: func() (float64, bool) {
				keys := g.jwks.Load()
				if keys == nil {
					return 0, false
				}
				return float64(keys.Failures()), true
			}},
	}
}
