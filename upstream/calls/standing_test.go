package calls

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestStandingIsOfToken(t *testing.T) {
	a := New(secret, Options{BaseURL: "http://a.test"})
	if a.WithToken("x").WithToken(secret).standing != a.standing || a.WithToken("x").standing == a.standing {
		t.Error("not one standing for each token")
	}
	if New(secret, Options{BaseURL: "http://a.test"}).standing == a.standing {
		t.Error("two gateways share a standing")
	}
	for tenant := range a.gates.standings.of {
		if strings.Contains(tenant, secret) {
			t.Error("the token is kept")
		}
	}
}

// Callers may bring any number of tokens. Tokens that are paused or in use are remembered
// meanwhile.
func TestStandingsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, _ := newFakeCensus(failOnce(429, "3600"))
		silent := client.WithToken("silent")
		ask(t.Context(), silent, 1)
		busy := client.WithToken("busy")
		for i := range 5 * maxStandings {
			client.WithToken(fmt.Sprint("token ", i))
			if i%100 == 0 {
				client.WithToken("busy")
			}
			time.Sleep(time.Millisecond)
		}
		if n := len(client.gates.standings.of); n != maxStandings {
			t.Errorf("%d standings, want %d", n, maxStandings)
		}
		if client.WithToken("silent").standing != silent.standing || client.WithToken("busy").standing != busy.standing {
			t.Error("one that matters was forgotten")
		}
	})
}

// If all standings matter, one is forgotten anyway.
func TestStandingsAreBoundedAlways(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ss := standings{facts: func(string) any { return nil }, of: map[string]*standing{}}
		for i := range 2 * maxStandings {
			ss.get(fmt.Sprint(i), "").pauses.token.end = time.Now().Add(time.Hour)
		}
		if n := len(ss.of); n != maxStandings {
			t.Errorf("%d standings, want %d", n, maxStandings)
		}
	})
}

func BenchmarkWithToken(b *testing.B) {
	client := New(secret, Options{})
	b.ReportAllocs()
	for b.Loop() {
		client.WithToken(secret)
	}
}
