package edge

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"census-gateway/internal/errcodes"
)

const issuer = "https://issuer.example.com/"

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// jwk writes a public key as an issuer would (RFC 7518, 6; RFC 8037, 2).
func jwk(kid string, public crypto.PublicKey) map[string]any {
	switch key := public.(type) {
	case *rsa.PublicKey:
		return map[string]any{"kty": "RSA", "kid": kid, "use": "sig", "n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes())}
	case *ecdsa.PublicKey:
		point, err := key.Bytes()
		if err != nil {
			panic(err)
		}
		half := len(point) / 2
		return map[string]any{"kty": "EC", "kid": kid, "crv": key.Params().Name, "x": b64(point[1 : 1+half]), "y": b64(point[1+half:])}
	case ed25519.PublicKey:
		return map[string]any{"kty": "OKP", "kid": kid, "crv": "Ed25519", "alg": "EdDSA", "x": b64(key)}
	}
	panic("unknown type of key")
}

func jwkSet(keys ...map[string]any) []byte {
	text, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		panic(err)
	}
	return text
}

func sign(t *testing.T, method jwt.SigningMethod, key any, header map[string]any, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	for name, value := range header {
		token.Header[name] = value
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// keysAt returns the keys read at where. now is the clock; nil means the real time.
func keysAt(t *testing.T, where string, now func() time.Time) *JWKS {
	t.Helper()
	keys, err := NewJWKS(where, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if now != nil {
		keys.now = now
	}
	if err := keys.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	return keys
}

// try returns the caller's ID, or the cause of the refusal.
func try(t *testing.T, by Authenticator, token string) string {
	t.Helper()
	caller, err := by(request("POST", "/graphql", "Authorization: Bearer "+token))
	if err == nil {
		return caller.ID
	}
	var why *Refusal
	if !errors.As(err, &why) || why.Cause == nil || caller.ID != "" {
		t.Fatalf("not a refusal with a cause: %v", err)
	}
	return why.Code + " " + why.Cause.Error()
}

func TestJWT(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	stranger, _ := rsa.GenerateKey(rand.Reader, 2048)
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	edPublic, edKey, _ := ed25519.GenerateKey(rand.Reader)
	oct := map[string]any{"kty": "oct", "kid": "oct", "k": b64([]byte("a shared secret of 32 bytes long"))}
	forEncryption := jwk("enc", stranger.Public())
	forEncryption["use"] = "enc"
	file := filepath.Join(t.TempDir(), "jwks.json")
	set := jwkSet(jwk("rsa", rsaKey.Public()), jwk("p256", p256.Public()), jwk("p384", p384.Public()), jwk("ed", edPublic),
		oct, forEncryption, map[string]any{"kty": "NEW", "kid": "new"}, map[string]any{"kty": "RSA", "kid": "broken", "n": "!"})
	if err := os.WriteFile(file, set, 0o600); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	options := JWTOptions{Issuer: issuer, Audience: []string{"census", "other"}, Keys: keysAt(t, file, nil), Now: func() time.Time { return now }}
	by, err := JWT(options)
	if err != nil {
		t.Fatal(err)
	}

	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	with := func(changes ...any) jwt.MapClaims {
		claims := jwt.MapClaims{"iss": issuer, "aud": "census", "sub": "ada", "exp": at(time.Hour)}
		for i := 0; i < len(changes); i += 2 {
			if claims[changes[i].(string)] = changes[i+1]; changes[i+1] == nil {
				delete(claims, changes[i].(string))
			}
		}
		return claims
	}
	kid := func(id string) map[string]any { return map[string]any{"kid": id} }
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey)})
	good := sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with())
	parts := strings.Split(good, ".")
	ada := "jwt:" + HashKey("ada")[:32]

	for _, c := range []struct{ name, token, want string }{
		{"RS256", good, ada},
		{"RS384", sign(t, jwt.SigningMethodRS384, rsaKey, kid("rsa"), with()), ada},
		{"RS512", sign(t, jwt.SigningMethodRS512, rsaKey, kid("rsa"), with()), ada},
		{"ES256", sign(t, jwt.SigningMethodES256, p256, kid("p256"), with()), ada},
		{"ES384", sign(t, jwt.SigningMethodES384, p384, kid("p384"), with()), ada},
		{"EdDSA", sign(t, jwt.SigningMethodEdDSA, edKey, kid("ed"), with()), ada},
		{"without kid", sign(t, jwt.SigningMethodES256, p256, nil, with()), ada},
		{"one of several audiences", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("aud", []string{"x", "other"})), ada},
		{"expired within the leeway", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("exp", at(-29*time.Second))), ada},
		{"valid soon within the leeway", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("nbf", at(29*time.Second))), ada},

		{"expired", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("exp", at(-31*time.Second))), "expired"},
		{"without expiry", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("exp", nil)), "required claim"},
		{"not yet valid", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("nbf", at(31*time.Second))), "not valid yet"},
		{"wrong audience", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("aud", "censu")), "audience"},
		{"without audience", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("aud", nil)), "JWT rejected"},
		{"wrong issuer", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("iss", issuer+"x")), "issuer"},
		{"without issuer", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("iss", nil)), "JWT rejected"},
		{"without subject", sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("sub", nil)), "without subject"},
		{"none", sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, kid("rsa"), with()), "signature"},
		{"none without kid", sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, with()), "signature"},
		{"HS256 with the public key", sign(t, jwt.SigningMethodHS256, publicPEM, kid("rsa"), with()), "signature"},
		{"HS256 with a published secret", sign(t, jwt.SigningMethodHS256, []byte("a shared secret of 32 bytes long"), kid("oct"), with()), "signature"},
		{"PS256", sign(t, jwt.SigningMethodPS256, rsaKey, kid("rsa"), with()), "signature"},
		{"another's key", sign(t, jwt.SigningMethodRS256, stranger, kid("rsa"), with()), "signature"},
		{"another's key without kid", sign(t, jwt.SigningMethodRS256, stranger, nil, with()), "signature"},
		{"a key for encryption", sign(t, jwt.SigningMethodRS256, stranger, kid("enc"), with()), "unverifiable"},
		{"unknown key", sign(t, jwt.SigningMethodRS256, rsaKey, kid("nobody's"), with()), "unverifiable"},
		{"kid of another type", sign(t, jwt.SigningMethodES256, p256, kid("rsa"), with()), "JWT rejected"},
		{"kid is a number", sign(t, jwt.SigningMethodRS256, rsaKey, map[string]any{"kid": 7}, with()), "unverifiable"},
		{"crit", sign(t, jwt.SigningMethodRS256, rsaKey, map[string]any{"kid": "rsa", "crit": []string{"x"}}, with()), "unverifiable"},
		{"key inside the token", sign(t, jwt.SigningMethodRS256, stranger, map[string]any{"jwk": jwk("mine", stranger.Public()), "kid": "mine"}, with()), "unverifiable"},
		{"no signature", parts[0] + "." + parts[1] + ".", "signature"},
		{"changed claims", parts[0] + "." + b64([]byte(`{"iss":"`+issuer+`","aud":"census","sub":"eve","exp":9999999999}`)) + "." + parts[2], "signature"},
		{"two parts", parts[0] + "." + parts[1], "malformed"},
		{"four parts", good + ".x", "malformed"},
		{"garbage", "a.b.c", "malformed"},
		{"dots", "..", "malformed"},
		{"too long", strings.Repeat("a", 5000), "credential of more than 4096 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := try(t, by, c.token)
			if strings.HasPrefix(c.want, "jwt:") && got != c.want ||
				!strings.HasPrefix(c.want, "jwt:") && (!strings.HasPrefix(got, errcodes.Unauthenticated) || !strings.Contains(got, c.want)) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}

	t.Run("the token is not a Census token", func(t *testing.T) {
		caller, err := by(request("POST", "/", "Authorization: Bearer "+good))
		if err != nil || !caller.Token.IsZero() {
			t.Error(caller, err)
		}
	})
	t.Run("odd subject", func(t *testing.T) {
		for _, sub := range []string{"a b", "a\nb", "ä", strings.Repeat("s", 129)} {
			got := try(t, by, sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), with("sub", sub)))
			if got != "jwt:"+HashKey(sub)[:32] {
				t.Errorf("%q: %q", sub, got)
			}
		}
	})
	t.Run("scope", func(t *testing.T) {
		options := options
		options.Scope = "runs:read"
		scoped, err := JWT(options)
		if err != nil {
			t.Fatal(err)
		}
		for want, claims := range map[string][]jwt.MapClaims{
			ada:                {with("scope", "openid runs:read"), with("scp", []string{"x", "runs:read"}), with("scp", "runs:read")},
			errcodes.Forbidden: {with(), with("scope", "runs:read2"), with("scope", "runs:"), with("scp", []any{1}), with("scp", 7)},
		} {
			for _, cl := range claims {
				if got := try(t, scoped, sign(t, jwt.SigningMethodRS256, rsaKey, kid("rsa"), cl)); !strings.HasPrefix(got, want) {
					t.Errorf("%v: %q, want %q", cl, got, want)
				}
			}
		}
		if got := try(t, scoped, sign(t, jwt.SigningMethodRS256, stranger, kid("rsa"), with())); !strings.HasPrefix(got, errcodes.Unauthenticated) {
			t.Errorf("a forged token: %q", got)
		}
	})
	t.Run("incomplete options", func(t *testing.T) {
		for name, change := range map[string]func(*JWTOptions){
			"issuer":         func(o *JWTOptions) { o.Issuer = "" },
			"audience":       func(o *JWTOptions) { o.Audience = nil },
			"empty audience": func(o *JWTOptions) { o.Audience = []string{"a", ""} },
			"keys":           func(o *JWTOptions) { o.Keys = nil },
		} {
			o := options
			change(&o)
			if _, err := JWT(o); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		for _, where := range []string{"ftp://example.com/jwks", "https://u:p@example.com/jwks", "https:///jwks"} {
			if _, err := NewJWKS(where, slog.New(slog.DiscardHandler)); err == nil {
				t.Errorf("%s: no error", where)
			}
		}
	})
}

func TestJWKSDocuments(t *testing.T) {
	weak, _ := rsa.GenerateKey(rand.Reader, 1024)
	for name, text := range map[string][]byte{
		"empty": nil, "HTML": []byte("<html>"), "no keys": []byte(`{}`), "null": []byte(`null`), "list": []byte(`[]`),
		"only weak": jwkSet(jwk("weak", weak.Public())), "odd": []byte(`{"keys":[1,null,"x",{}]}`),
	} {
		if keys, err := usableKeys(text); err == nil {
			t.Errorf("%s: %d keys", name, len(keys))
		}
	}
}

// TestKeyRotation works over HTTP. An unknown key causes one read for all waiting callers, at
// most as often as allowed.
func TestKeyRotation(t *testing.T) {
	var reads, broken atomic.Int32
	var set atomic.Pointer[[]byte]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads.Add(1)
		switch broken.Load() {
		case 0:
			w.Write(*set.Load())
		case 1:
			w.WriteHeader(500)
		case 2:
			w.Write(make([]byte, maxJWKS+1))
		case 3:
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}
	}))
	defer server.Close()
	keys := make([]*ecdsa.PrivateKey, 4)
	for i := range keys {
		keys[i], _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	publish := func(n ...int) {
		var all []map[string]any
		for _, i := range n {
			all = append(all, jwk(fmt.Sprint("k", i), keys[i].Public()))
		}
		text := jwkSet(all...)
		set.Store(&text)
	}
	var clock atomic.Int64
	clock.Store(time.Now().Unix())
	later := func(d time.Duration) { clock.Add(int64(d / time.Second)) }
	token := func(i int) string {
		return sign(t, jwt.SigningMethodES256, keys[i], map[string]any{"kid": fmt.Sprint("k", i)},
			jwt.MapClaims{"iss": issuer, "aud": "census", "sub": "ada", "exp": clock.Load() + 86400})
	}
	publish(0)
	now := func() time.Time { return time.Unix(clock.Load(), 0) }
	by, err := JWT(JWTOptions{Issuer: issuer, Audience: []string{"census"}, Keys: keysAt(t, server.URL, now), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	ok := func(i int) bool { t.Helper(); return strings.HasPrefix(try(t, by, token(i)), "jwt:") }

	if !ok(0) || reads.Load() != 1 {
		t.Fatalf("first key; %d reads", reads.Load())
	}
	publish(0, 1)
	var wg sync.WaitGroup
	for range 20 {
		text := token(1)
		wg.Go(func() {
			if _, err := by(request("POST", "/", "Authorization: Bearer "+text)); err != nil {
				t.Error("a rotated key failed:", err)
			}
		})
	}
	wg.Wait()
	if reads.Load() != 2 {
		t.Fatalf("20 callers with a new key: %d reads, want 2", reads.Load())
	}
	publish(0, 1, 2)
	for range 50 {
		if ok(2) {
			t.Fatal("read again too soon")
		}
	}
	if reads.Load() != 2 {
		t.Fatalf("%d reads within 10 s", reads.Load())
	}
	later(10 * time.Second)
	if !ok(2) || reads.Load() != 3 {
		t.Fatalf("after 10 s; %d reads", reads.Load())
	}
	for how := int32(1); how <= 3; how++ { // a failing issuer leaves the known keys in use
		later(10 * time.Second)
		broken.Store(how)
		if ok(3) || !ok(0) || reads.Load() != 3+how {
			t.Fatalf("fault %d; %d reads", how, reads.Load())
		}
	}
	broken.Store(0)
	publish(1) // k0 and k2 are withdrawn: forgotten once the set is old
	if !ok(0) {
		t.Fatal("k0 is still valid")
	}
	later(time.Hour)
	ok(1) // starts the reading in the background
	for end := time.Now().Add(time.Minute); ok(0); {
		if time.Now().After(end) {
			t.Fatal("a withdrawn key is not forgotten")
		}
		time.Sleep(time.Millisecond)
	}
	if !ok(1) {
		t.Error("k1 was forgotten too")
	}
}

// TestFirstCallerMayLeave: a read of new keys serves all waiting callers, even after the first
// one has left.
func TestFirstCallerMayLeave(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	var reads atomic.Int32
	old, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fresh, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if reads.Add(1) == 1 {
			w.Write(jwkSet(jwk("old", old.Public())))
			return
		}
		close(begun)
		<-goOn
		w.Write(jwkSet(jwk("fresh", fresh.Public())))
	}))
	defer server.Close()
	by, err := JWT(JWTOptions{Issuer: issuer, Audience: []string{"census"}, Keys: keysAt(t, server.URL, nil)})
	if err != nil {
		t.Fatal(err)
	}
	text := sign(t, jwt.SigningMethodES256, fresh, map[string]any{"kid": "fresh"},
		jwt.MapClaims{"iss": issuer, "aud": "census", "sub": "ada", "exp": time.Now().Add(time.Hour).Unix()})
	ctx, leave := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { by(request("POST", "/", "Authorization: Bearer "+text).WithContext(ctx)) })
	<-begun
	wg.Go(func() {
		if got := try(t, by, text); !strings.HasPrefix(got, "jwt:") {
			t.Error(got)
		}
	})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := by(request("POST", "/", "Authorization: Bearer "+text).WithContext(gone)); err == nil {
		t.Error("a caller that has left was accepted")
	}
	leave()
	close(goOn)
	wg.Wait()
	if reads.Load() != 2 {
		t.Errorf("%d reads", reads.Load())
	}
}

// A byte order mark at the beginning of the file, which some editors write, is skipped.
func TestJWKSSkipsAByteOrderMark(t *testing.T) {
	public, _, _ := ed25519.GenerateKey(rand.Reader)
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, append([]byte("\ufeff"), jwkSet(jwk("ed", public))...), 0o600); err != nil {
		t.Fatal(err)
	}
	keysAt(t, file, nil)
}
