package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"census-gateway/settings"
)

// The page asks for the credentials that callers need, and names objects of the simulated Census
// only if the gateway serves it.
func TestPage(t *testing.T) {
	for _, tt := range []struct {
		args        []string
		credentials string
		simulated   bool
	}{
		{nil, "", true},
		{[]string{"--simulate", "--api-keys", "a:" + strings.Repeat("ab", 32)}, "an API key", true},
		{[]string{"--census-api-token", "canary", "--census-base-url", "http://127.0.0.1:1/api/v1"}, "", false},
		{[]string{"--pass-through", "--census-base-url", "http://127.0.0.1:1/api/v1"}, "your own Census workspace access token", false},
	} {
		_, urls, stop := start(t, append(tt.args, "--addr", "127.0.0.1:0"), saysGraphQL)
		resp, err := http.Get(strings.TrimSuffix(urls[0], "graphql"))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		stop()
		if got := strings.Contains(string(page), `"credentials":"`); got != (tt.credentials != "") || !strings.Contains(string(page), tt.credentials) {
			t.Errorf("%s: the page does not ask for %q", tt.args, tt.credentials)
		}
		if got := strings.Contains(string(page), "Sync:52"); got != tt.simulated {
			t.Errorf("%s: the page names a sync of the simulated Census: %t", tt.args, got)
		}
		if strings.Contains(string(page), "canary") {
			t.Errorf("%s: the token is on the page", tt.args)
		}
	}
}

func TestCredentials(t *testing.T) {
	for want, s := range map[string]settings.Settings{
		"":                                       {AllowOpen: true},
		"an API key":                             {APIKeysFile: "keys"},
		"a JWT":                                  {JWTIssuer: "https://issuer.example"},
		"an API key or a JWT":                    {APIKeys: "a:b", JWTIssuer: "https://issuer.example"},
		"your own Census workspace access token": {PassThrough: true},
	} {
		if got := credentials(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
