package e2e

import (
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Valid tokens are accepted. Each invalid token is rejected.
func TestJWT(t *testing.T) {
	t.Parallel()
	rs, ec, ed := newKey(t, "rsa", "RSA"), newKey(t, "ec", "EC"), newKey(t, "ed", "Ed")
	stranger := newKey(t, "rsa", "RSA") // another key with the same id
	unknown := newKey(t, "unknown", "Ed")
	g := start(t, "GATEWAY_SIMULATE=true", "GATEWAY_JWT_ISSUER="+issuer, "GATEWAY_JWT_AUDIENCE=census,other", "GATEWAY_JWT_SCOPE=runs",
		"GATEWAY_JWT_JWKS="+write(t, "jwks.json", keySet(rs, ec, ed)))
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, goodClaims(nil)).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	public := rs.private.Public().(*rsa.PublicKey)
	confused, err := jwt.NewWithClaims(jwt.SigningMethodHS256, goodClaims(nil)).SignedString(public.N.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	good := ed.sign(t, nil)
	head, rest, _ := strings.Cut(good, ".")
	claims, signature, _ := strings.Cut(rest, ".")
	for _, c := range []struct {
		name, token string
		status      int
	}{
		{"RS256", rs.sign(t, nil), 200},
		{"ES256", ec.sign(t, nil), 200},
		{"EdDSA", good, 200},
		{"another audience that is listed", ed.sign(t, jwt.MapClaims{"aud": "other"}), 200},
		{"several audiences", ed.sign(t, jwt.MapClaims{"aud": []string{"x", "census"}}), 200},
		{"scp as a list", ed.sign(t, jwt.MapClaims{"scope": nil, "scp": []string{"runs"}}), 200},
		{"expired within the allowed clock difference", ed.sign(t, jwt.MapClaims{"exp": now.Add(-10 * time.Second).Unix()}), 200},
		{"expired", ed.sign(t, jwt.MapClaims{"exp": now.Add(-time.Hour).Unix()}), 401},
		{"without exp", ed.sign(t, jwt.MapClaims{"exp": nil}), 401},
		{"not yet valid", ed.sign(t, jwt.MapClaims{"nbf": now.Add(time.Hour).Unix()}), 401},
		{"wrong audience", ed.sign(t, jwt.MapClaims{"aud": "elsewhere"}), 401},
		{"no audience", ed.sign(t, jwt.MapClaims{"aud": nil}), 401},
		{"wrong issuer", ed.sign(t, jwt.MapClaims{"iss": issuer + "/"}), 401},
		{"no issuer", ed.sign(t, jwt.MapClaims{"iss": nil}), 401},
		{"no subject", ed.sign(t, jwt.MapClaims{"sub": nil}), 401},
		{"no scope", ed.sign(t, jwt.MapClaims{"scope": nil}), 403},
		{"a scope with the same prefix", ed.sign(t, jwt.MapClaims{"scope": "runs.write"}), 403},
		{"alg none", unsigned, 401},
		{"alg none, with a signature", strings.TrimSuffix(unsigned, ".") + "." + signature, 401},
		{"HS256 with the public key", confused, 401},
		{"unknown key", unknown.sign(t, nil), 401},
		{"another key with the same id", stranger.sign(t, nil), 401},
		{"no signature", head + "." + claims + ".", 401},
		{"another's signature", strings.Join(strings.Split(good, ".")[:2], ".") + "." + strings.Split(ed.sign(t, jwt.MapClaims{"sub": "eve"}), ".")[2], 401},
		{"two parts", head + "." + claims, 401},
		{"four parts", good + ".x", 401},
		{"no JWT", "x", 401},
		{"nothing", "", 401},
		{"5,000 letters", strings.Repeat("x", 5000), 401},
	} {
		a := g.query(t, "{sync(id:52){label}}", nil, "Authorization", "Bearer "+c.token)
		if a.status != c.status {
			t.Errorf("%s: got %d, want %d: %.200s", c.name, a.status, c.status, a.body)
		}
		if c.status == 401 && (a.code() != unauthorized || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer")) {
			t.Errorf("%s: %v %s", c.name, a.header, a.body)
		}
	}
	g.stop(t) // so that the log is complete
	if s := g.log.String(); !strings.Contains(s, "caller=jwt:"+hashOf("alice")[:32]) || strings.Contains(s, "eyJ") || strings.Contains(s, "alice") {
		t.Errorf("the log lacks the caller, or contains a token or name:\n%.1000s", s)
	}
}

// A new key of the issuer is found without a reload. A key that stays unknown does not cause
// repeated requests to the issuer.
func TestRotatedKey(t *testing.T) {
	t.Parallel()
	old, next, unknown := newKey(t, "old", "Ed"), newKey(t, "next", "Ed"), newKey(t, "unknown", "Ed")
	var set atomic.Value
	set.Store(keySet(old))
	var reads atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reads.Add(1)
		w.Write([]byte(set.Load().(string)))
	}))
	defer server.Close()
	g := start(t, "GATEWAY_SIMULATE=true", "GATEWAY_JWT_ISSUER="+issuer, "GATEWAY_JWT_AUDIENCE=census", "GATEWAY_JWT_JWKS="+server.URL)
	ask := func(k issuerKey) int {
		return g.query(t, "{sync(id:52){id}}", nil, "Authorization", "Bearer "+k.sign(t, nil)).status
	}
	if a, b := ask(old), reads.Load(); a != 200 || b != 1 {
		t.Errorf("the first key: %d after %d reads", a, b)
	}
	set.Store(keySet(old, next))
	if a, b := ask(next), ask(old); a != 200 || b != 200 {
		t.Errorf("the next key: %d, the old one: %d", a, b)
	}
	for range 20 {
		if a := ask(unknown); a != 401 {
			t.Errorf("an unknown key: %d", a)
		}
	}
	if n := reads.Load(); n > 3 {
		t.Errorf("%d requests to the issuer", n)
	}
	set.Store(keySet(next))
	g.reload(t, logReloaded)
	if a, b := ask(old), ask(next); a != 401 || b != 200 {
		t.Errorf("after SIGHUP, the withdrawn key: %d, the next one: %d", a, b)
	}
}

// A gateway that cannot read its issuer's keys starts, rejects JWTs and retries. If the keys cannot
// be read later, known keys stay valid. Meanwhile API keys can be added and revoked.
func TestIssuerDown(t *testing.T) {
	t.Parallel()
	key := newKey(t, "k", "Ed")
	var down atomic.Bool
	down.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			w.WriteHeader(503)
			return
		}
		w.Write([]byte(keySet(key)))
	}))
	defer server.Close()
	keys := write(t, "keys", "one "+hashOf("first-key")+"\n")
	g := start(t, "GATEWAY_SIMULATE=true", "GATEWAY_JWT_ISSUER="+issuer, "GATEWAY_JWT_AUDIENCE=census", "GATEWAY_JWT_JWKS="+server.URL, "GATEWAY_API_KEYS_FILE="+keys)
	status := func(name, value string) int {
		return g.query(t, "{sync(id:52){id}}", nil, name, value).status
	}
	byJWT := func() int { return status("Authorization", "Bearer "+key.sign(t, nil)) }
	if a, b := byJWT(), status("X-API-Key", "first-key"); a != 401 || b != 200 {
		t.Errorf("at the start: a JWT %d, a key %d", a, b)
	}
	g.log.wait(t, "(started without the JWKS)")
	g.log.wait(t, "(refused=jwks setting=GATEWAY_JWT_JWKS)")
	down.Store(false)
	g.reload(t, logReloaded)
	if a := byJWT(); a != 200 {
		t.Errorf("once the keys could be read: %d", a)
	}
	down.Store(true)
	if err := os.WriteFile(keys, []byte("two "+hashOf("second-key")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	g.reload(t, logReloadedInPart)
	if a, b, c := byJWT(), status("X-API-Key", "first-key"), status("X-API-Key", "second-key"); a != 200 || b != 401 || c != 200 {
		t.Errorf("while they cannot be read: a JWT %d, the revoked key %d, the new key %d", a, b, c)
	}
	metrics := do(t, "GET", g.admin+"/metrics", "").body
	for _, want := range []string{"census_gateway_jwks_age_seconds ", "census_gateway_jwks_failures_total ", `caller_operations_total{caller="key:two"} 1`, `caller_operations_total{caller="jwt"} 2`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics have no %s", want)
		}
	}
}
