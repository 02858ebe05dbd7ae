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

// openRedis opens the Redis that several gateways share; nil if REDIS_URL is not set. Gateways over
// simulated Censuses share nothing, because each simulation has its own runs.
func openRedis(s settings.Settings, log *slog.Logger) (*redis.Client, error) {
	if s.RedisURL == "" {
		return nil, nil
	}
	if s.Simulated() {
		log.Info("REDIS_URL is ignored, because gateways over a simulated Census share nothing")
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
	peerReads = "seen"     // live.PeerMessage
)

// publish sends a message to the other gateways; without Redis, it does nothing.
func (g *gateway) publish(subject string, message any) {
	if g.redis == nil {
		return
	}
	text, err := json.Marshal(message)
	if err != nil {
		panic(err) // messages are structs of texts, numbers and times
	}
	g.redis.Publish(subject, string(text))
}

func (g *gateway) publishThrottle(t calls.Throttle) { g.publish(throttles, t) }

// joinPeers connects the watchers, the webhook and the throttling of this gateway with those of the
// others.
func (g *gateway) joinPeers() {
	if g.redis == nil {
		return
	}
	g.watch.Publish = func(s live.PeerMessage) {
		if !s.Call {
			least, _ := g.redis.Clock()
			s.Asked = s.Asked.Add(least)
		}
		g.publish(peerReads, s)
	}
	subscribe(g.redis, peerReads, func(s live.PeerMessage) {
		_, most := g.redis.Clock()
		s.Asked = s.Asked.Add(-most)
		g.watch.Receive(s)
	})
	subscribe(g.redis, hints, g.handleEvent)
	subscribe(g.redis, throttles, g.census.Throttled)
}

// subscribe calls do with each message on a subject. It ignores messages that are not valid JSON.
func subscribe[T any](r *redis.Client, subject string, do func(T)) {
	r.Subscribe(subject, func(text string) {
		var message T
		if json.Unmarshal([]byte(text), &message) == nil {
			do(message)
		}
	})
}

// redisFigures returns the metrics of Redis; nil if Redis is not used.
func (g *gateway) redisFigures() []observe.Figure {
	if g.redis == nil {
		return nil
	}
	reads := func(result string, n func(redis.Stats) uint64) observe.Figure {
		return observe.Figure{Name: "redis_reads_total", Help: "Reads of Redis, by result: found, missing, or failed (no answer within REDIS_TIMEOUT).",
			Label: "result", LabelValue: result, Counter: true, Value: func() (float64, bool) { return float64(n(g.redis.Stats())), true }}
	}
	return []observe.Figure{
		{Name: "redis_up", Help: "1 while Redis is used, 0 while it is down or slow and each gateway works without it.",
			Value: func() (float64, bool) {
				if g.redis.Up() {
					return 1, true
				}
				return 0, true
			}},
		reads("found", func(s redis.Stats) uint64 { return s.Found }),
		reads("missing", func(s redis.Stats) uint64 { return s.Missing }),
		reads("failed", func(s redis.Stats) uint64 { return s.Failed }),
		{Name: "redis_writes_lost_total", Help: "Writes that were lost, because Redis was down or the queue was full.", Counter: true,
			Value: func() (float64, bool) { return float64(g.redis.Stats().Lost), true }},
	}
}
