package edge

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"census-gateway/internal/errcodes"
)

// If an issuer cannot be reached, its last keys stay in force for a day. A gateway without keys
// rejects JWTs until it has read some.
func TestJWKSThatCannotBeRead(t *testing.T) {
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "jwks.json")
	publish := func() {
		if err := os.WriteFile(file, jwkSet(jwk("ed", public)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		keys, err := NewJWKS(file, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		by, err := JWT(JWTOptions{Issuer: issuer, Audience: []string{"census"}, Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		answer := func(by Authenticator) string {
			got := try(t, by, sign(t, jwt.SigningMethodEdDSA, key, map[string]any{"kid": "ed"},
				jwt.MapClaims{"iss": issuer, "aud": "census", "sub": "ada", "exp": time.Now().Add(time.Hour).Unix()}))
			synctest.Wait() // for readings in the background
			return got
		}
		const accepted, rejected = "jwt:", errcodes.Unauthenticated + " the issuer's public keys have not been read"
		expect := func(when, want string, by Authenticator) {
			t.Helper()
			if got := answer(by); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s", when, got)
			}
		}

		if keys.Read(t.Context()) == nil {
			t.Fatal("reading a missing file returned no error")
		}
		if age, ok := keys.Age(); ok {
			t.Errorf("no keys of age %s", age)
		}
		expect("without keys", rejected, by)
		if !strings.Contains(log.String(), "JWKS not read") {
			t.Errorf("the log: %s", log.String())
		}
		ctx, cancel := context.WithCancel(t.Context())
		go keys.Retry(ctx)
		synctest.Wait()
		keys.Retry(ctx) // one is enough
		publish()
		time.Sleep(refetchEvery)
		synctest.Wait()
		expect("after a retry", accepted, by)
		if age, ok := keys.Age(); age != 0 || !ok || !strings.Contains(log.String(), "JWKS read successfully again") {
			t.Errorf("age %s; the log: %s", age, log.String())
		}
		cancel()

		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		failed := keys.Failures()
		time.Sleep(trustKeysFor - time.Second)
		expect("a second before they are too old", accepted, by)
		if keys.Failures() == failed {
			t.Error("old keys were not read again, or the failure does not count")
		}
		moved, err := NewJWKS(file+"2", slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := moved.Inherit(t.Context(), keys); err != nil {
			t.Fatal(err)
		}
		inherits, err := JWT(JWTOptions{Issuer: issuer, Audience: []string{"census"}, Keys: moved})
		if err != nil {
			t.Fatal(err)
		}
		expect("keys of another place", accepted, inherits)
		time.Sleep(time.Second)
		expect("too old", rejected, by)
		expect("too old, of another place", rejected, inherits)
		publish()
		time.Sleep(refetchEvery)
		expect("read again by a caller", accepted, by)
	})
}
