package edge

import (
	"crypto/ed25519"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"census-gateway/internal/errcodes"
)

// Every refusal is reported once, with its reason; the challenges follow RFC 6750.
func TestRefusalsAreReported(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, stranger, _ := ed25519.GenerateKey(nil)
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, jwkSet(jwk("ed", public)), 0o600); err != nil {
		t.Fatal(err)
	}
	byJWT, err := JWT(JWTOptions{Issuer: issuer, Audience: []string{"census"}, Scope: "runs", Keys: keysAt(t, file, nil)})
	if err != nil {
		t.Fatal(err)
	}
	keys, _ := ParseKeys("ci:" + HashKey("good"))
	set, _ := NewKeys(keys)
	token := func(key ed25519.PrivateKey, changes ...any) string {
		claims := jwt.MapClaims{"iss": issuer, "aud": "census", "sub": "ada", "exp": time.Now().Add(time.Hour).Unix(), "scope": "runs"}
		for i := 0; i < len(changes); i += 2 {
			claims[changes[i].(string)] = changes[i+1]
		}
		return "Authorization: Bearer " + sign(t, jwt.SigningMethodEdDSA, key, map[string]any{"kid": "ed"}, claims)
	}
	var reported []Refusal
	report := func(_ *http.Request, why *Refusal) { reported = append(reported, *why) }
	origins := mustOrigins(t, false, allowed...)
	h := Chain(served, RequestID, Refusals(report), Recover(slog.New(slog.DiscardHandler), nil), CheckHost("example.com"), CORS(origins), CSRF(origins),
		Authenticate(Any(set.Authenticate, byJWT)), NewRates(RateLimit{1e-9, 1}).Middleware)
	const realm, invalid, scope = `Bearer realm="census-gateway"`, `, error="invalid_token"`, `, scope="runs"`
	for _, c := range []struct {
		name      string
		headers   []string
		reason    Reason
		challenge string
		cause     string
	}{
		{"host", []string{"Host: evil.test"}, ForHost, "", ""},
		{"origin", []string{"Origin: https://evil.test"}, ForOrigin, "", ""},
		{"image", []string{"Sec-Fetch-Site: cross-site"}, ForBrowser, "", ""},
		{"nobody", nil, ForNoCredential, realm + scope, "no credential"},
		{"unknown key", []string{"X-API-Key: bad"}, ForKey, realm + invalid, "unknown API key"},
		{"unknown bearer", []string{"Authorization: Bearer bad"}, ForKey, realm + invalid, "unknown API key"},
		{"two words", []string{"Authorization: Bearer a b"}, ForCredential, realm + invalid + scope, "malformed credential"},
		{"audience", []string{token(private, "aud", "others")}, ForAudience, realm + invalid + scope, "audience"},
		{"issuer", []string{token(private, "iss", "others")}, ForIssuer, realm + invalid + scope, "issuer"},
		{"expired", []string{token(private, "exp", 1)}, ForExpired, realm + invalid + scope, "expired"},
		{"signature", []string{token(stranger)}, ForSignature, realm + invalid + scope, "signature"},
		{"no subject", []string{token(private, "sub", "")}, ForJWT, realm + invalid + scope, "subject"},
		{"scope", []string{token(private, "scope", "other")}, ForScope, realm + `, error="insufficient_scope"` + scope, jwtID("ada")},
		{"good", []string{"X-API-Key: good"}, "", "", ""},
		{"rate", []string{"X-API-Key: good"}, ForRate, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			reported = nil
			res := serve(h, request("POST", "/graphql", c.headers...))
			if got := res.Header.Get("WWW-Authenticate"); got != c.challenge {
				t.Errorf("challenge %q, want %q", got, c.challenge)
			}
			if c.reason == "" {
				if len(reported) > 0 {
					t.Errorf("reported %v", reported)
				}
				return
			}
			if len(reported) != 1 || reported[0].Reason != c.reason || (c.cause != "") != (reported[0].Cause != nil) {
				t.Fatalf("reported %+v", reported)
			}
			if c.cause != "" && !strings.Contains(reported[0].Cause.Error(), c.cause) {
				t.Errorf("cause %v", reported[0].Cause)
			}
		})
	}
	reported = nil
	preflight := request("OPTIONS", "/graphql", "Origin: "+allowed[0], "Access-Control-Request-Method: PUT")
	if checkRefusal(t, serve(h, preflight), 403, errcodes.Forbidden); len(reported) != 1 || reported[0].Reason != ForPreflight {
		t.Errorf("preflight: %+v", reported)
	}

	reported = nil
	takes := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if TakeRefusal(r.Context()) == nil {
				t.Error("TakeRefusal returned nil")
			}
		})
	}
	serve(Chain(served, RequestID, Refusals(report), takes, Authenticate(byJWT)), request("POST", "/"))
	if len(reported) > 0 {
		t.Errorf("reported twice: %+v", reported)
	}
}
