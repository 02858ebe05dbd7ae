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

// authenticator tells who may ask. What cannot be read stays as it was: see keep.
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

// sources are what was read for the settings: nil where they name nothing to read.
type sources struct {
	keys    *edge.Keys
	jwks    *edge.JWKS
	trusted *documents.Trusted
	kept    []error // why some of it is what was read before
}

// keep returns read. If that failed, it returns before, which the settings in force have,
// and notes err in now: a reload applies what is good.
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

// jwt lets in callers with JWTs. An issuer that cannot be reached is no error: the keys
// known stay in force, or nobody is let in, until it can. A file that is not there
// is one, unless keys are known.
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

// credentials says what callers may show, as authenticator has it; "" if nothing.
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

// newKey makes an API key for name: out gets its line for the key file, and nothing
// else, so that it can be appended to one; errOut gets the key.
func newKey(name string, out, errOut io.Writer) error {
	key := edge.NewAPIKey()
	if _, err := edge.ParseKeys(name + ":" + edge.HashKey(key)); err != nil {
		return fmt.Errorf("--new-key: %w", err)
	}
	_, err := fmt.Fprintf(errOut, "API key of %s, shown once: %s\n", name, key)
	if err == nil {
		_, err = fmt.Fprintln(out, name, edge.HashKey(key))
	}
	return err
}
