package main

import (
	"encoding/json"
	"fmt"
	"log/slog"

	"census-gateway/edge/observe"
	"census-gateway/redis"
	"census-gateway/settings"
	"census-gateway/upstream/calls"
)

// openRedis opens what several gateways share; nil if REDIS_URL is not set. Each simulated Census
// has runs of its own, so gateways of those share nothing.
func openRedis(s settings.Settings, log *slog.Logger) (*redis.Client, error) {
	if s.RedisURL == "" {
		return nil, nil
	}
	if s.Simulated() {
		log.Warn("REDIS_URL is ignored: gateways over a simulated Census share nothing")
		return nil, nil
	}
	client, err := redis.Open(redis.Options{URL: s.RedisURL, Timeout: s.RedisTimeout, Log: log})
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL (--redis-url): %w", err)
	}
	return client, nil
}

func (g *gateway) closeRedis() {
	if g.redis != nil {
		g.redis.Close()
	}
}

// The subjects of messages between gateways.
const throttles = "throttle"

// tellThrottle tells the other gateways of a 429.
func (g *gateway) tellThrottle(t calls.Throttle) {
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // it has texts and numbers only
	}
	g.redis.Tell(throttles, string(text))
}

// hearOthers obeys what other gateways tell.
func (g *gateway) hearOthers() {
	if g.redis == nil {
		return
	}
	g.redis.Hear(throttles, func(message string) {
		var t calls.Throttle
		if json.Unmarshal([]byte(message), &t) == nil {
			g.census.Throttled(t)
		}
	})
}

// redisFigures are the metrics of Redis; none if it is not used.
func (g *gateway) redisFigures() []observe.Figure {
	if g.redis == nil {
		return nil
	}
	reads := func(result string, n func(redis.Stats) uint64) observe.Figure {
		return observe.Figure{Name: "redis_reads_total", Help: "Reads of Redis, by result: found, missing, or failed, in which case Redis gave no answer within REDIS_TIMEOUT.",
			Label: "result", LabelValue: result, Counter: true, Value: func() (float64, bool) { return float64(n(g.redis.Stats())), true }}
	}
	return []observe.Figure{
		{Name: "redis_up", Help: "Whether Redis is used: 1, or 0 while it is down or slow, when each gateway goes on alone.",
			Value: func() (float64, bool) {
				if g.redis.Up() {
					return 1, true
				}
				return 0, true
			}},
		reads("found", func(s redis.Stats) uint64 { return s.Found }),
		reads("missing", func(s redis.Stats) uint64 { return s.Missing }),
		reads("failed", func(s redis.Stats) uint64 { return s.Failed }),
		{Name: "redis_writes_lost_total", Help: "Writes that were not made, because Redis was down, or too many waited.", Counter: true,
			Value: func() (float64, bool) { return float64(g.redis.Stats().Lost), true }},
	}
}
