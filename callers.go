package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"census-gateway/edge"
	"census-gateway/graph/documents"
	"census-gateway/settings"
)

// authenticator returns how callers authenticate. If a file cannot be read, the keys read before
// stay in force: see keep.
func (g *gateway) authenticator(ctx context.Context, s settings.Settings, now *sources) (edge.Authenticator, error) {
	if s.PassThrough {
		return edge.PassThrough, nil
	}
	var ways []edge.Authenticator
	if s.APIKeys != "" || s.APIKeysFile != "" {
		keys, err := apiKeys(s)
		if err != nil {
			err = fmt.Errorf("GATEWAY_API_KEYS, GATEWAY_API_KEYS_FILE: %w", err)
		}
		if now.keys, err = keep(now, g.sources.keys, keys, err); err != nil {
			return nil, err
		}
		ways = append(ways, now.keys.Authenticate)
	}
	if s.JWTIssuer != "" {
		jwt, err := g.jwt(ctx, s, now)
		if err != nil {
			return nil, fmt.Errorf("GATEWAY_JWT_JWKS (--jwt-jwks): %w", err)
		}
		ways = append(ways, jwt)
	}
	if len(ways) == 0 {
		return edge.Open, nil
	}
	return edge.Any(ways...), nil
}

// sources holds the data read from files and URLs for the settings. A field is nil if no setting
// names a source for it.
type sources struct {
	keys    *edge.Keys
	jwks    *edge.JWKS
	trusted *documents.Trusted
	kept    []error // why some of the data is the data read before
}

// keep returns read if err is nil. Otherwise it returns before, the value in force, and notes err
// in now. A reload so applies every part that is valid.
func keep[T any](now *sources, before, read *T, err error) (*T, error) {
	switch {
	case err == nil:
		return read, nil
	case before == nil:
		return nil, err
	}
	now.kept = append(now.kept, err)
	return before, nil
}

// jwt returns an authenticator for JWTs. If the issuer cannot be reached, the gateway starts
// anyway: the keys known stay in force, and without any keys every JWT is rejected. A missing key
// file is an error unless keys are known.
func (g *gateway) jwt(ctx context.Context, s settings.Settings, now *sources) (edge.Authenticator, error) {
	last, before := g.sources.jwks, g.served
	keys := last
	moved := keys == nil || s.JWTKeys != before.JWTKeys || s.JWTIssuer != before.JWTIssuer
	if moved {
		var err error
		if keys, err = edge.NewJWKS(s.JWTKeys, g.log); err != nil {
			return nil, err
		}
	}
	by, err := edge.JWT(edge.JWTOptions{Issuer: s.JWTIssuer, Audience: s.JWTAudience, Keys: keys, Scope: s.JWTScope})
	if err != nil {
		return nil, err
	}
	if err := keys.Read(ctx); err != nil {
		inherits := last != nil && moved && s.JWTIssuer == before.JWTIssuer
		if moved && !inherits && !strings.Contains(s.JWTKeys, "://") {
			return nil, err
		}
		now.kept = append(now.kept, fmt.Errorf("GATEWAY_JWT_JWKS (--jwt-jwks): %w", err))
		if inherits {
			if err := keys.Inherit(ctx, last); err != nil {
				return nil, err
			}
		}
		go keys.Retry(ctx)
	}
	now.jwks = keys
	return by, nil
}

// credentials describes the credentials that authenticator accepts; "" if callers need none.
func credentials(s settings.Settings) string {
	keys, jwt := s.APIKeys != "" || s.APIKeysFile != "", s.JWTIssuer != ""
	switch {
	case s.PassThrough:
		return "your own Census workspace access token"
	case keys && jwt:
		return "an API key or a JWT"
	case keys:
		return "an API key"
	case jwt:
		return "a JWT"
	}
	return ""
}

func apiKeys(s settings.Settings) (*edge.Keys, error) {
	keys, err := edge.ParseKeys(s.APIKeys)
	if err != nil {
		return nil, err
	}
	if s.APIKeysFile != "" {
		file, err := os.Open(s.APIKeysFile)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		more, err := edge.ReadKeys(file)
		if err != nil {
			return nil, err
		}
		keys = append(keys, more...)
	}
	return edge.NewKeys(keys)
}

// newKey makes an API key for name. It writes the line for the key file, and nothing else, to
// out, so that the output can be appended to the file. The key itself goes to errOut.
func newKey(name string, out, errOut io.Writer) error {
	key := edge.NewAPIKey()
	if _, err := edge.ParseKeys(name + ":" + edge.HashKey(key)); err != nil {
		return fmt.Errorf("--new-key: %w", err)
	}
	_, err := fmt.Fprintf(errOut, "API key of %s (shown only once): %s\n", name, key)
	if err == nil {
		_, err = fmt.Fprintln(out, name, edge.HashKey(key))
	}
	return err
}
