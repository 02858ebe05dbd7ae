package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// At the start and for --check-config, the gateway calls Census once and explains what is wrong.
// The gateway serves even if this call fails.
func TestTriesCensus(t *testing.T) {
	census := sim.New(sim.Options{Seed: 1, Token: "canary"})
	var calls atomic.Int64
	good := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { calls.Add(1); census.ServeHTTP(w, r) }))
	defer good.Close()
	answering := func(status int, contentType, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Location", "https://census.test/login")
			w.WriteHeader(status)
			io.WriteString(w, body)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	const token, page = "--census-api-token=canary", "<!doctype html><title>Census</title>"
	for _, tt := range []struct{ base, as, says string }{
		{good.URL + "/api/v1", token, ""},
		{good.URL + "/api/v1", "--census-api-token=another", "(401): check CENSUS_API_TOKEN"},
		{good.URL + "/api/v9", token, good.URL + "/api/v9 (404): check CENSUS_BASE_URL"},
		{good.URL, token, good.URL + " (404): check CENSUS_BASE_URL"},
		{answering(403, "application/json", "{}"), token, "(403): check"},
		{answering(429, "application/json", "{}"), token, "(429): wait"},
		{answering(503, "application/json", "{}"), token, "(503)"},
		{answering(200, "text/html", page), token, "(200) is not the Census API: check CENSUS_BASE_URL"},
		{answering(302, "text/html", page), token, "(302) is not the Census API: redirected to host \"census.test\", not followed: check CENSUS_BASE_URL"},
		{answering(200, "application/json", `{"hello": 1}`), token, "(200) is not the Census API: check CENSUS_BASE_URL"},
		{"http://" + closed.Addr().String(), token, "cannot be reached at http://" + closed.Addr().String() + ": dial tcp"},
		{"https://" + strings.TrimPrefix(good.URL, "http://"), token, "cannot be reached at https://"},
		{good.URL + "/api/v1", "--pass-through", ""},
		{good.URL + "/api/v9", "--pass-through", "(404): check CENSUS_BASE_URL"},
	} {
		var out bytes.Buffer
		calls.Store(0)
		args := []string{"--addr=127.0.0.1:0", "--census-base-url=" + tt.base, tt.as}
		err := run(t.Context(), append(args, "--check-config"), nil, &out, io.Discard)
		if tt.says == "" && (err != nil || calls.Load() != 1) || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("%q: %d calls: %v", args, calls.Load(), err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n") || !strings.Contains(out.String(), "CENSUS_BASE_URL="+tt.base+"\n") {
			t.Errorf("%q: %v\n%s", args, err, &out)
		}
	}

	log := new(transcript)
	urls, stop := startLogging(t, []string{"--addr=127.0.0.1:0", "--census-base-url=" + good.URL + "/api/v1", "--census-api-token=another"}, new(transcript), log, saysGraphQL)
	for deadline := time.Now().Add(time.Minute); !strings.Contains(log.String(), "Census cannot be used"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the log does not say that the token is invalid")
		}
	}
	if answer := ask(t, urls[0], `{"query":"{ __typename }"}`); answer != `{"data":{"__typename":"Query"}}` {
		t.Error(answer)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
