package edge

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/MicahParks/jwkset"
)

// maxJWKS is the maximum size of a key set, in bytes.
const maxJWKS = 256 << 10

// usableKeys returns the public keys of a JWKS document that can verify one of jwtAlgorithms. It
// skips all others (symmetric, for encryption, unknown, invalid, RSA below 2048 bits), as RFC
// 7517, 5 requires. It returns an error if no key is left.
func usableKeys(text []byte) ([]jwkset.JWK, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, errors.New("not a JSON Web Key Set")
	}
	var keys []jwkset.JWK
	for _, raw := range set.Keys {
		var m jwkset.JWKMarshal
		if json.Unmarshal(raw, &m) != nil || m.USE == jwkset.UseEnc {
			continue
		}
		key, err := jwkset.NewJWKFromMarshal(m, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
		if err != nil {
			continue
		}
		switch public := key.Key().(type) {
		case *rsa.PublicKey:
			if public.N.BitLen() < 2048 {
				continue
			}
		case *ecdsa.PublicKey, ed25519.PublicKey:
		default:
			continue
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("no usable public key in the set")
	}
	return keys, nil
}

// jwksReader returns a function that reads the document from a URL or a file.
func jwksReader(where string) (func(context.Context) ([]byte, error), error) {
	if !strings.Contains(where, "://") {
		return func(context.Context) ([]byte, error) {
			file, err := os.Open(where)
			if err != nil {
				return nil, err
			}
			defer file.Close()
			return readAtMost(file, maxJWKS)
		}, nil
	}
	u, err := url.Parse(where)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		return nil, errors.New("JWKS: expected a file or an http(s) URL without user info")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return func(ctx context.Context) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Accept", "application/jwk-set+json, application/json")
		res, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("status %d", res.StatusCode)
		}
		return readAtMost(res.Body, maxJWKS)
	}, nil
}

func readAtMost(r io.Reader, n int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, n+1))
	if err == nil && int64(len(text)) > n {
		err = fmt.Errorf("longer than %d bytes", n)
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), err // a byte order mark
}
