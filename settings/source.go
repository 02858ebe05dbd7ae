package settings

import (
	"fmt"

	"census-gateway/edge"
	"census-gateway/upstream/calls"
)

// checkSource prevents serving made-up data by mistake. Without a token, the simulated
// Census is served only if GATEWAY_SIMULATE is set, or if no setting suggests a real
// Census.
func (s Settings) checkSource() error {
	if s.Token != "" || s.PassThrough || s.Simulate {
		return nil
	}
	for _, sign := range []struct {
		setting string
		set     bool
	}{
		{"CENSUS_API_TOKEN is set but empty", s.tokenNamed},
		{"CENSUS_BASE_URL is set", s.BaseURL != calls.DefaultBaseURL},
		{"CENSUS_AUTH is set", s.Auth != "bearer"},
		{"GATEWAY_API_KEYS is set", s.APIKeys != ""},
		{"GATEWAY_API_KEYS_FILE is set", s.APIKeysFile != ""},
		{"GATEWAY_JWT_ISSUER is set", s.JWTIssuer != ""},
		{"GATEWAY_ALLOW_OPEN is set", s.AllowOpen},
		{"GATEWAY_ADDR is not on loopback", !edge.IsLoopback(s.Addr)},
	} {
		if sign.set {
			return fmt.Errorf("CENSUS_API_TOKEN is missing. You probably want a real Census, because %s: set the token, "+
				"or set GATEWAY_SIMULATE=true (--simulate) to serve made-up data", sign.setting)
		}
	}
	return nil
}
