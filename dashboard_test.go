package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"census-gateway/edge/dashboard"
)

// The dashboard is served with the simulated Census by default, and with another Census
// only with --dashboard.
func TestDashboard(t *testing.T) {
	census := []string{"--census-api-token", "canary", "--census-base-url", "http://127.0.0.1:1/api/v1"}
	for _, tt := range []struct {
		args []string
		want int
	}{
		{nil, 200},
		{[]string{"--no-dashboard"}, 404},
		{census, 404},
		{append(census, "--dashboard"), 200},
	} {
		_, urls, stop := start(t, append(tt.args, "--addr", "127.0.0.1:0"), saysGraphQL)
		for _, at := range []string{"dashboard", "dashboard/syncs/52"} {
			resp, err := http.Get(strings.TrimSuffix(urls[0], "graphql") + at)
			if err != nil {
				t.Fatal(err)
			}
			page, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || resp.StatusCode != tt.want || strings.Contains(string(page), "canary") {
				t.Errorf("%s: %s for %s, want %d (%v)", tt.args, resp.Status, at, tt.want, err)
			}
		}
		stop()
	}
}

// A gateway that accepts only trusted documents also accepts those of its dashboard, and
// rejects all others.
func TestDashboardIsTrusted(t *testing.T) {
	documents := t.TempDir()
	if err := os.WriteFile(documents+"/one.graphql", []byte("query One { syncs(first: 1) { totalCount } }"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, urls, stop := start(t, []string{"--addr", "127.0.0.1:0", "--trusted-documents", documents, "--only-trusted-documents"}, saysGraphQL)
	defer stop()
	rows := 0
	for id, text := range dashboard.Documents() {
		if !strings.Contains(text, "query Rows(") {
			continue
		}
		rows++
		for request, want := range map[string]string{
			`{"operationName":"Rows","documentId":"` + id + `"}`: `"healthCounts"`,
			`{"documentId":"one"}`:                               `"totalCount"`,
			`{"query":"{ syncs(first: 1) { totalCount } }"}`:     `"FORBIDDEN"`,
		} {
			resp, err := http.Post(urls[0], "application/json", strings.NewReader(request))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || !json.Valid(answer) || !bytes.Contains(answer, []byte(want)) {
				t.Errorf("%s: %s %.300s", request, resp.Status, answer)
			}
		}
	}
	if rows != 1 {
		t.Errorf("%d documents are called Rows", rows)
	}
}
