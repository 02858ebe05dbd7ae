package settings

import (
	"io"
	"strings"
	"testing"
)

// Tokens and keys leave this machine encrypted unless GATEWAY_ALLOW_HTTP allows otherwise.
func TestPlainHTTP(t *testing.T) {
	for address, good := range map[string]bool{
		"https://census.test/api/v1": true, "http://127.0.0.1:9000/api/v1": true, "http://localhost/api/v1": true, "http://[::1]:9000": true, "HTTP://127.8.7.6": true,
		"http://census.test/api/v1": false, "http://10.0.0.1": false, "HTTP://app.getcensus.com": false, "http://localhost.evil.test": false, "http://[::]": false, "http://0.0.0.0:80": false,
	} {
		for env, args := range map[string][]string{
			"CENSUS_BASE_URL (--census-base-url)": {"--census-api-token=x", "--census-base-url=" + address},
			"GATEWAY_JWT_JWKS (--jwt-jwks)":       {"--census-api-token=x", "--jwt-issuer=i", "--jwt-audience=a", "--jwt-jwks=" + address},
		} {
			_, _, err := Read(args, io.Discard)
			if good != (err == nil) || err != nil && (!strings.HasPrefix(err.Error(), env) || !strings.Contains(err.Error(), "--allow-http")) {
				t.Errorf("%q: %v", args, err)
			}
			if _, _, err := Read(append(args, "--allow-http"), io.Discard); err != nil {
				t.Errorf("%q, allowed: %v", args, err)
			}
		}
	}
}

// The URL of the alert webhook must be https:// or on this machine, even with
// GATEWAY_ALLOW_HTTP. No message contains it.
func TestAlertWebhook(t *testing.T) {
	for address, good := range map[string]bool{
		"https://hooks.test/CANARY": true, "http://127.0.0.1:9/CANARY": true, "http://localhost/CANARY": true, "http://[::1]/CANARY?x=y": true,
		"http://hooks.test/CANARY": false, "http://10.0.0.1/CANARY": false, "ftp://127.0.0.1/CANARY": false, "//hooks.test/CANARY": false, "hooks.test/CANARY": false, "https:///CANARY": false,
		"https://user:CANARY@hooks.test": false, "https://hooks.test/#CANARY": false, "https://hooks.test/%zzCANARY": false,
	} {
		s, _, err := Read([]string{"--allow-http", "--alert-webhook", address, "--alert-secret=CANARY"}, io.Discard)
		if good != (err == nil) || err != nil && (!strings.HasPrefix(err.Error(), "GATEWAY_ALERT_WEBHOOK (--alert-webhook) must be") || strings.Contains(err.Error(), "CANARY")) {
			t.Errorf("%q: %v", address, err)
		}
		var out strings.Builder
		if s.Print(&out); strings.Contains(out.String(), "CANARY") || !strings.Contains(out.String(), "GATEWAY_ALERT_WEBHOOK=(hidden)") {
			t.Errorf("%q is printed: %s", address, out.String())
		}
	}
}
