package main

import (
	"encoding/json"
	"fmt"
	"log/slog"

	"census-gateway/edge/observe"
	"census-gateway/graph/live"
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
		log.Info("REDIS_URL is ignored: gateways over a simulated Census share nothing")
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
const (
	throttles = "throttle" // calls.Throttle
	hints     = "hint"     // census.Event
	seen      = "seen"     // live.Seen
)

// tell sends a message to the other gateways, if there may be some.
func (g *gateway) tell(subject string, message any) {
	if g.redis == nil {
		return
	}
	text, err := json.Marshal(message)
	if err != nil {
		panic(err) // messages are structs of texts, numbers and times
	}
	g.redis.Publish(subject, string(text))
}

func (g *gateway) tellThrottle(t calls.Throttle) { g.tell(throttles, t) }

// joinOthers begins to tell other gateways what watchers see, and to obey what they tell.
func (g *gateway) joinOthers() {
	if g.redis == nil {
		return
	}
	g.watch.Publish = func(s live.PeerMessage) {
		if !s.Call {
			least, _ := g.redis.Clock()
			s.Asked = s.Asked.Add(least)
		}
		g.tell(seen, s)
	}
	obeyAll(g.redis, seen, func(s live.PeerMessage) {
		_, most := g.redis.Clock()
		s.Asked = s.Asked.Add(-most)
		g.watch.Receive(s)
	})
	obeyAll(g.redis, hints, g.obey)
	obeyAll(g.redis, throttles, g.census.Throttled)
}

// obeyAll calls do with each message about a subject.
func obeyAll[T any](r *redis.Client, subject string, do func(T)) {
	r.Subscribe(subject, func(text string) {
		var message T
		if json.Unmarshal([]byte(text), &message) == nil {
			do(message)
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
