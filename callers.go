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

// newKey makes an API key for name.
func newKey(name string, out io.Writer) error {
	key := edge.NewAPIKey()
	line := name + " " + edge.HashKey(key)
	if _, err := edge.ParseKeys(name + ":" + edge.HashKey(key)); err != nil {
		return fmt.Errorf("--new-key: %w", err)
	}
	_, err := fmt.Fprintf(out, "Key, shown once: %s\nFor the key file: %s\n", key, line)
	return err
}
