package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

func TestDaysLeft(t *testing.T) {
	for at, want := range map[string]int{"2026-11-29T12:00:00Z": 47, "2027-01-14T00:00:00Z": 1, "2027-01-14T23:59:59Z": 1, "2027-01-15T00:00:00Z": 0, "2027-01-17T00:00:00Z": -2} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := daysLeft(now); got != want {
			t.Errorf("%s: %d days, want %d", at, got, want)
		}
	}
}

// At the start, the log contains the version of Census's API and what the token can read.
// On V1 it also contains the date when V1 is retired; on V2, which groups are served.
// /readyz reports ready even if Census cannot be used, because a restart would not help.
func TestStartLogsTheVersion(t *testing.T) {
	census := sim.New(sim.Options{Seed: 1, Token: "key", PersonalToken: "pat", Elsewhere: 2})
	server := httptest.NewServer(census)
	defer server.Close()
	gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://activations.example.com/docs?secret", http.StatusMovedPermanently)
	}))
	defer gone.Close()
	v1, v2 := "--census-base-url="+server.URL+"/api/v1", "--census-base-url="+server.URL+"/api/v2"
	for _, tt := range []struct {
		args  []string
		until string // the last message in the log
		says  []string
		never string
	}{
		{[]string{v1, "--census-api-token=key"}, "Census can be used", []string{"Census retires V1", "2027-01-15", "daysLeft", "v1", "48"}, "groups"},
		{[]string{v2, "--census-api-token=pat"}, "Census can be used", []string{"v2", "50", "groups", "3", "all groups: set CENSUS_GROUPS to serve some"}, "daysLeft"},
		{[]string{v2, "--census-api-token=pat", "--census-groups=abundant_giraffe,angry_otter"}, "Census can be used", []string{"the token cannot read", "angry_otter"}, "all groups"},
		{[]string{v2, "--census-api-token=key"}, "Census cannot be used", []string{"V2 takes personal access tokens only"}, "daysLeft"},
		{[]string{"--census-base-url=" + gone.URL + "/api/v1", "--census-api-token=key"}, "Census cannot be used", []string{"activations.example.com", "whether V1 has been retired", "docs/v2.md"}, "secret"},
	} {
		log := new(transcript)
		urls, stop := startLogging(t, append(tt.args, "--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0"), new(transcript), log, saysMetrics)
		for deadline := time.Now().Add(time.Minute); !strings.Contains(log.String(), tt.until); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%q: the log does not say %q: %s", tt.args, tt.until, log)
			}
		}
		for _, want := range tt.says {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%q: no %q in the log: %s", tt.args, want, log)
			}
		}
		if strings.Contains(log.String(), tt.never) {
			t.Errorf("%q: %q in the log: %s", tt.args, tt.never, log)
		}
		ready, err := http.Get(strings.Replace(urls[0], "/metrics", "/readyz", 1))
		if err != nil || ready.StatusCode != http.StatusOK {
			t.Errorf("%q: %v, %v", tt.args, ready, err)
		} else {
			ready.Body.Close()
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
}
