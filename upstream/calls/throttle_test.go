package calls

import (
	"net/http"
	"testing"
	"time"
)

// newGateways returns two callers of one token that tell each other of 429s, and one of another
// token that hears of them too.
func newGateways(do func(*http.Request) (*http.Response, error)) (census *fakeCensus, one, two, other *Caller) {
	census = &fakeCensus{calls: map[string]int{}, do: do}
	opt := Options{BaseURL: "http://census.test", Transport: census}
	opt.OnThrottle = func(t Throttle) { two.Throttled(t); other.Throttled(t) }
	one = New("token", opt)
	opt.OnThrottle = func(t Throttle) { one.Throttled(t) }
	two = New("token", opt)
	other = New("another", opt)
	return census, one, two, other
}

// A 429 of one gateway pauses the target on the others. Three of different targets in a row pause
// the token, whichever gateways got them, and an answer to the probe of one ends that for all.
func TestPausesHoldOverGateways(t *testing.T) {
	bubble(t, "a sync", func(t *testing.T) {
		census, one, two, other := newGateways(throttleSome(map[string]bool{"/syncs/1": true}, "30"))
		checkAsk(t, one, 1, "rate_limited", 0, 30*time.Second)
		calls := census.all()
		checkAsk(t, two, 1, "rate_limited", 0, 30*time.Second)
		if n := census.all() - calls; n != 0 {
			t.Errorf("%d calls of a paused sync", n)
		}
		checkAsk(t, two, 2, "ok", 0, 0)
		checkAsk(t, other, 1, "rate_limited", 0, 30*time.Second)
		if n := census.all() - calls; n != 2 {
			t.Errorf("%d calls, want one of another sync and one of another token", n)
		}
	})
	bubble(t, "a token", func(t *testing.T) {
		limited := true
		census, one, two, _ := newGateways(func(*http.Request) (*http.Response, error) {
			if limited {
				return reply(429, "3600")
			}
			return reply(200, "")
		})
		checkAsk(t, one, 1, "rate_limited", 0, time.Minute)
		checkAsk(t, two, 2, "rate_limited", 0, time.Minute)
		checkAsk(t, one, 3, "rate_limited", 0, time.Minute)
		calls := census.all()
		for id := range int64(10) {
			checkAsk(t, one, 10+id, "rate_limited", 0, time.Minute)
			checkAsk(t, two, 10+id, "rate_limited", 0, time.Minute)
		}
		if n := census.all() - calls; n != 0 {
			t.Errorf("%d calls of a paused token", n)
		}
		time.Sleep(time.Minute)
		limited = false
		checkAsk(t, one, 20, "ok", 0, 0)
		for id := range int64(10) {
			checkAsk(t, two, 30+id, "ok", 0, 0)
		}
	})
}
