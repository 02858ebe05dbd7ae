package calls

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// The state counts the tokens for which Census fails or that it has paused.
func TestState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		status := 501
		_, client, _ := newFakeCensus(func(*http.Request) (*http.Response, error) {
			if status == 429 {
				return reply(429, "30")
			}
			return reply(status, "")
		})
		expect := func(when string, want State) {
			t.Helper()
			if got := client.State(); got != want {
				t.Errorf("%s: %+v, want %+v", when, got, want)
			}
		}
		expect("at first", State{})
		openBreaker(t, client)
		expect("a breaker opened", State{OpenBreakers: 1})
		status = 429
		paused := client.WithToken("paused")
		_, _ = paused.Get(context.Background(), FetchSync, 1, "")
		expect("a sync of another token was throttled", State{OpenBreakers: 1, PausedTargets: 1})
		for id := range int64(streakLength) {
			_, _ = paused.Get(context.Background(), FetchSync, id+1, "")
		}
		expect("another token was throttled", State{OpenBreakers: 1, PausedTokens: 1, PausedTargets: streakLength})
		time.Sleep(30 * time.Second)
		status = 200
		checkAsk(t, client, 9, "ok", 0, 0)
		expect("Census answers again", State{})
	})
}
