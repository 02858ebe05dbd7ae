package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"census-gateway/edge"
	"census-gateway/settings"
)

// authenticator tells who may ask.
func authenticator(ctx context.Context, s settings.Settings) (edge.Authenticator, error) {
	if s.PassThrough {
		return edge.PassThrough, nil
	}
	var ways []edge.Authenticator
	if s.APIKeys != "" || s.APIKeysFile != "" {
		keys, err := apiKeys(s)
		if err != nil {
			return nil, fmt.Errorf("GATEWAY_API_KEYS, GATEWAY_API_KEYS_FILE: %w", err)
		}
		ways = append(ways, keys.Authenticate)
	}
	if s.JWTIssuer != "" {
		jwt, err := edge.JWT(ctx, edge.JWTOptions{Issuer: s.JWTIssuer, Audience: s.JWTAudience, JWKS: s.JWTKeys, Scope: s.JWTScope})
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
