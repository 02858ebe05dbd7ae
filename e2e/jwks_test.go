package e2e

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const issuer = "https://issuer.example"

// An issuerKey signs tokens and is part of a key set.
type issuerKey struct {
	id      string
	method  jwt.SigningMethod
	private crypto.Signer
}

func newKey(t *testing.T, id, kind string) issuerKey {
	t.Helper()
	var err error
	key := issuerKey{id: id}
	switch kind {
	case "RSA":
		key.method = jwt.SigningMethodRS256
		key.private, err = rsa.GenerateKey(rand.Reader, 2048)
	case "EC":
		key.method = jwt.SigningMethodES256
		key.private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "Ed":
		key.method = jwt.SigningMethodEdDSA
		_, key.private, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign returns a token signed with this key. The given claims replace valid ones; nil removes a
// claim.
func (k issuerKey) sign(t *testing.T, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(k.method, goodClaims(claims))
	token.Header["kid"] = k.id
	text, err := token.SignedString(k.private)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func goodClaims(change jwt.MapClaims) jwt.MapClaims {
	claims := jwt.MapClaims{"iss": issuer, "aud": "census", "sub": "alice", "exp": time.Now().Add(time.Hour).Unix(), "scope": "read runs"}
	for name, value := range change {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// keySet returns the JWKS of public keys.
func keySet(keys ...issuerKey) string {
	b64 := base64.RawURLEncoding.EncodeToString
	var set struct {
		Keys []map[string]string `json:"keys"`
	}
	for _, k := range keys {
		var jwk map[string]string
		switch public := k.private.Public().(type) {
		case *rsa.PublicKey:
			jwk = map[string]string{"kty": "RSA", "n": b64(public.N.Bytes()), "e": b64(big.NewInt(int64(public.E)).Bytes())}
		case *ecdsa.PublicKey:
			point, _ := public.Bytes() // the byte 4, x, y
			jwk = map[string]string{"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])}
		case ed25519.PublicKey:
			jwk = map[string]string{"kty": "OKP", "crv": "Ed25519", "x": b64(public)}
		}
		jwk["kid"], jwk["use"] = k.id, "sig"
		set.Keys = append(set.Keys, jwk)
	}
	text, err := json.Marshal(set)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// write writes text to a file in its own temporary folder.
func write(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
