package e2e

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"census-gateway/internal/redistest"
	"census-gateway/upstream/sim"
)

// entries returns the number of entries in a Redis.
func entries(s *redistest.Server) int {
	n, _ := strconv.Atoi(strings.Trim(s.Do("DBSIZE"), ":\r\n"))
	return n
}

// withRedis returns the settings of a gateway that shares a Redis, with a timeout that is long
// enough for a busy machine.
func (c *census) withRedis(s *redistest.Server, more ...string) []string {
	return c.settings(append([]string{"REDIS_URL=" + s.URL(), "REDIS_TIMEOUT=1s"}, more...)...)
}

func (g *gateway) usesRedis(t *testing.T) {
	t.Helper()
	until(t, "uses Redis", func() bool {
		return strings.Contains(do(t, "GET", g.admin+"/readyz", "").body, `{"name":"redis","ok":true}`)
	})
}

// A page that one gateway has read costs another gateway no call to Census, at the same time and
// after a restart. Redis contains nothing that can be read without the token.
func TestGatewaysShareRedis(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	c := newCensus(t, sim.Options{Empty: true})
	ids := c.fill(3, 250)
	c.AddRun(ids[0], sim.Run{Status: "failed", ErrorMessage: "no such column: iban", CreatedAt: time.Now().Add(-time.Hour)})
	const query = `{syncs{nodes{id label runs(first:240){totalCount nodes{id outcome errorMessage}}}}}`
	settings := c.withRedis(redis, "GATEWAY_FRESHNESS=1h")
	first := start(t, settings...)
	first.usesRedis(t)
	want := first.query(t, query, nil)
	if want.code() != "" || len(c.takeRequests()) < 7 {
		t.Fatal(want.body)
	}
	second := start(t, settings...)
	second.usesRedis(t)
	before := entries(redis)
	one := fmt.Sprintf(`{sync(id:%d){label createdAt}}`, ids[1])
	wanted := first.query(t, one, nil)
	until(t, "stored", func() bool { return entries(redis) > before })
	c.takeRequests()
	if got := second.query(t, one, nil); got.body != wanted.body {
		t.Errorf("%s, want %s", got.body, wanted.body)
	}
	c.expectNoRequests(t)
	first.stop(t) // this stores queued entries
	if got := second.query(t, query, nil); string(got.Data) != string(want.Data) {
		t.Errorf("another answer of the second gateway: %.300s", got.body)
	}
	c.expectNoRequests(t)
	third := start(t, settings...)
	third.usesRedis(t)
	if got := third.query(t, query, nil); string(got.Data) != string(want.Data) {
		t.Errorf("another answer after a restart: %.300s", got.body)
	}
	c.expectNoRequests(t)

	keys := strings.Fields(redis.Do("KEYS", "*"))
	found := 0
	for _, key := range keys {
		if !strings.HasPrefix(key, "census-gateway:") {
			continue
		}
		found++
		for _, secret := range []string{censusToken, "CANARY", "iban", "SUCCEEDED", "completed"} {
			if strings.Contains(key+redis.Do("GET", key), secret) {
				t.Errorf("%q in %s", secret, key)
			}
		}
		if ttl, _ := strconv.Atoi(strings.Trim(redis.Do("TTL", key), ":\r\n")); ttl <= 0 {
			t.Errorf("%s does not expire", key)
		}
	}
	if found < 7 {
		t.Errorf("%d entries of %q", found, keys)
	}
}

// A Redis that is down at the start, ends and returns under load fails no answer.
func TestRedisOutages(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	redis.Kill()
	c := newCensus(t, sim.Options{Empty: true})
	c.fill(3, 150)
	settings := c.withRedis(redis, "GATEWAY_FRESHNESS=1ms")
	gateways := []*gateway{start(t, settings...), start(t, settings...)}
	var stop atomic.Bool
	var answered atomic.Int64
	var clients sync.WaitGroup
	for _, g := range slices.Concat(gateways, gateways) {
		clients.Go(func() {
			for !stop.Load() {
				if a := g.query(t, `{syncs{nodes{id runs(first:120){totalCount nodes{id}}}}}`, nil); a.status != 200 || a.code() != "" {
					t.Errorf("%d %.300s", a.status, a.body)
					return
				}
				answered.Add(1)
			}
		})
	}
	defer clients.Wait()
	defer stop.Store(true)
	more := func() {
		t.Helper()
		n := answered.Load()
		until(t, "further answers", func() bool { return answered.Load() >= n+8 })
	}
	shows := func(ok string) {
		t.Helper()
		for _, g := range gateways {
			until(t, "redis "+ok, func() bool {
				ready := do(t, "GET", g.admin+"/readyz", "")
				return ready.status == 200 && strings.Contains(ready.body, `{"name":"redis","ok":`+ok+`}`)
			})
		}
	}
	shows("false")
	more()
	for range 2 {
		redis.Start()
		shows("true")
		more()
		redis.Kill()
		shows("false")
		more()
	}
	if metrics := do(t, "GET", gateways[0].admin+"/metrics", "").body; !strings.Contains(metrics, "census_gateway_redis_up 0\n") || strings.Contains(metrics, `redis_reads_total{result="found"} 0`+"\n") {
		t.Errorf("metrics: %s", metrics)
	}
}

// A 429 for one gateway pauses the other too, and a document registered at one gateway is known to
// the other by its hash.
func TestGatewaysShareThrottlesAndDocuments(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	c := newCensus(t, sim.Options{Empty: true})
	ids := c.fill(4, 1)
	settings := c.withRedis(redis, "GATEWAY_FRESHNESS=0s", "GATEWAY_STALE=0s")
	first, second := start(t, settings...), start(t, settings...)
	first.usesRedis(t)
	second.usesRedis(t)
	until(t, "both listen", func() bool { return strings.Contains(redis.Do("PUBSUB", "NUMSUB", "census-gateway:messages"), ":2") })

	sync := func(g *gateway, i int) answer {
		return g.query(t, fmt.Sprintf(`{sync(id:%d){label createdAt}}`, ids[i]), nil)
	}
	if a := sync(second, 3); a.code() != "" { // now the second gateway knows the token
		t.Fatal(a.body)
	}
	c.Inject(sim.Fault{Do: sim.Throttle("86400")})
	for i := range 3 {
		if a := sync(first, i); a.code() != "UPSTREAM_RATE_LIMITED" {
			t.Fatal(a.body)
		}
	}
	until(t, "the other gateway is paused", func() bool {
		return strings.Contains(do(t, "GET", second.admin+"/metrics", "").body, "census_gateway_census_tokens_paused 1\n")
	})
	c.takeRequests()
	for i := range ids {
		if a := sync(second, i); a.code() != "UPSTREAM_RATE_LIMITED" {
			t.Error(a.body)
		}
	}
	c.expectNoRequests(t)

	const query = `{__typename}`
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(query)))
	registered := entries(redis)
	by := func(g *gateway, query string) answer {
		return g.post(t, fmt.Sprintf(`{%s"extensions":{"persistedQuery":{"version":1,"sha256Hash":%q}}}`, query, hash))
	}
	if a := by(first, fmt.Sprintf(`"query":%q,`, query)); a.code() != "" {
		t.Fatal(a.body)
	}
	until(t, "stored", func() bool { return entries(redis) > registered })
	if a := by(second, ""); a.code() != "" || string(a.Data) != `{"__typename":"Query"}` {
		t.Error(a.body)
	}
}

// A webhook of Census that one gateway receives also reaches subscriptions of the other.
func TestGatewaysForwardWebhooks(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	c := newCensus(t, sim.Options{Empty: true})
	id := c.fill(1, 3)[0]
	settings := c.withRedis(redis, "GATEWAY_WEBHOOK_SECRETS=a-secret")
	var lines []<-chan string
	var gateways []*gateway
	for range 2 {
		g := start(t, settings...)
		g.usesRedis(t)
		status, events := g.subscribeSSE(t, `subscription{syncRunChanged{run{id outcome}}}`)
		if status != 200 {
			t.Fatal(status)
		}
		gateways, lines = append(gateways, g), append(lines, events)
	}
	until(t, "both listen", func() bool { return strings.Contains(redis.Do("PUBSUB", "NUMSUB", "census-gateway:messages"), ":2") })
	until(t, "both have read it", func() bool {
		calls, reads := c.Calls(), 0
		for _, call := range calls {
			if strings.Contains(call, "sync_runs") {
				reads++
			}
		}
		return reads > 0
	})
	time.Sleep(time.Second) // the other gateway has received the message
	c.AddRun(id, sim.Run{Status: "working", UpdatedAt: time.Now(), CreatedAt: time.Now()})
	if status := gateways[0].sendWebhook(t, "a-secret", fmt.Sprintf(`{"workspace_id": 1, "sync_id": %d, "event": "sync.triggered"}`, id)); status != "204" {
		t.Fatal(status)
	}
	for i := range lines {
		if !waitForLine(t, lines[i], `data: {"data":{"syncRunChanged"`) {
			t.Errorf("gateway %d sends no event", i)
		}
	}
}
