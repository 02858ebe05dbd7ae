package settings

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"census-gateway/edge"
	"census-gateway/redis"
	"census-gateway/upstream/calls"
)

// check returns an error for an invalid setting. It reads no files and no keys; the code that
// uses them checks those.
func (s Settings) check() error {
	for _, a := range []struct{ env, value string }{{"GATEWAY_ADDR", s.Addr}, {"GATEWAY_ADMIN_ADDR", s.AdminAddr}, {"GATEWAY_SIM_ADDR", s.SimAddr}} {
		if a.value == "" && a.env != "GATEWAY_ADDR" {
			continue
		}
		_, port, err := net.SplitHostPort(a.value)
		if _, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil {
			return invalid(a.env, "must be HOST:PORT, like 127.0.0.1:8080, not %q", a.value)
		}
	}
	if err := s.CheckURL("CENSUS_BASE_URL", s.BaseURL); err != nil {
		return err
	}
	if s.RedisURL != "" {
		if err := redis.Check(s.RedisURL); err != nil {
			return invalid("REDIS_URL", "%v", err)
		}
	}
	if err := s.checkSecure("GATEWAY_JWT_JWKS", s.JWTKeys); err != nil {
		return err
	}
	if _, err := s.groups(); err != nil {
		return invalid("CENSUS_GROUPS", "%v", err)
	}
	if !slices.Contains([]string{"v1", "v2", "gone"}, s.SimVersion) {
		return invalid("GATEWAY_SIM_VERSION", "must be v1, v2 or gone, not %q", s.SimVersion)
	}
	if s.Auth != "bearer" && s.Auth != "basic" {
		return invalid("CENSUS_AUTH", "must be bearer or basic, not %q", s.Auth)
	}
	if s.LogFormat != "text" && s.LogFormat != "json" {
		return invalid("GATEWAY_LOG_FORMAT", "must be text or json, not %q", s.LogFormat)
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s.LogLevel) {
		return invalid("GATEWAY_LOG_LEVEL", "must be debug, info, warn or error, not %q", s.LogLevel)
	}
	if s.Simulate && (s.Token != "" || s.PassThrough) {
		return errors.New("GATEWAY_SIMULATE (--simulate) serves made-up data: unset it, or unset CENSUS_API_TOKEN and GATEWAY_PASS_THROUGH")
	}
	if s.PassThrough && (s.Token != "" || s.Keyed()) {
		return errors.New("GATEWAY_PASS_THROUGH (--pass-through) makes callers send their own Census tokens: unset CENSUS_API_TOKEN, API keys and JWTs, or unset it")
	}
	if some := s.JWTIssuer != "" || len(s.JWTAudience) > 0 || s.JWTKeys != "" || s.JWTScope != ""; some && (s.JWTIssuer == "" || len(s.JWTAudience) == 0 || s.JWTKeys == "") {
		return errors.New("set GATEWAY_JWT_ISSUER, GATEWAY_JWT_AUDIENCE and GATEWAY_JWT_JWKS together, or none of them; GATEWAY_JWT_SCOPE needs all three")
	}
	if strings.ContainsFunc(s.JWTScope, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) { // RFC 6749, 3.3
		return invalid("GATEWAY_JWT_SCOPE", "must be one word of ASCII characters without quotes, not %q", s.JWTScope)
	}
	if _, err := edge.ParseProxies(s.Proxies); err != nil {
		return invalid("GATEWAY_TRUSTED_PROXIES", "must be networks: %v", err)
	}
	if s.Pprof && s.AdminAddr == "" {
		return errors.New("GATEWAY_PPROF (--pprof) needs GATEWAY_ADMIN_ADDR (--admin-addr), the address that serves it")
	}
	if err := s.checkAlerts(); err != nil {
		return err
	}
	if s.SyncMetrics && s.AdminAddr == "" {
		return errors.New("GATEWAY_SYNC_METRICS (--sync-metrics) needs GATEWAY_ADMIN_ADDR (--admin-addr), the address that serves them")
	}
	if s.SyncMetrics && s.PassThrough {
		return errors.New("GATEWAY_SYNC_METRICS (--sync-metrics) needs a token of the gateway's own: unset it, or GATEWAY_PASS_THROUGH")
	}
	if err := calls.CheckToken(s.Token); err != nil {
		return invalid("CENSUS_API_TOKEN", "must be a token: %v", err)
	}
	if i := slices.IndexFunc(s.Hosts, func(h string) bool { return !edge.IsHostName(h) }); i >= 0 {
		return invalid("GATEWAY_HOSTS", "must be host names like gateway.internal, without a scheme, port or path, not %q", s.Hosts[i])
	}
	if s.OnlyTrusted && s.Documents == "" {
		return errors.New("GATEWAY_ONLY_TRUSTED_DOCUMENTS (--only-trusted-documents) needs GATEWAY_TRUSTED_DOCUMENTS (--trusted-documents)")
	}
	if err := s.inRange(); err != nil {
		return err
	}
	err := edge.CheckStance(edge.Stance{Addr: s.Addr, SharedToken: s.Token != "", Authenticate: s.Keyed(), AllowOpen: s.AllowOpen})
	if err != nil {
		return fmt.Errorf("%w (GATEWAY_API_KEYS, GATEWAY_JWT_ISSUER, GATEWAY_PASS_THROUGH, GATEWAY_ADDR, GATEWAY_ALLOW_OPEN)", err)
	}
	return s.checkSource()
}

// CheckURL returns an error if base, the value of the setting env, is not a valid base URL
// of a Census API.
func (s Settings) CheckURL(env, base string) error {
	if err := calls.CheckBaseURL(base); err != nil {
		return invalid(env, "must be like %s: %v", calls.DefaultBaseURL, err)
	}
	return s.checkSecure(env, base)
}

// checkSecure returns an error if secrets would be sent to address unencrypted.
func (s Settings) checkSecure(env, address string) error {
	if !s.AllowHTTP && plainHTTP(address) {
		return invalid(env, "must be https://, because others on the network can read and change http:// traffic; GATEWAY_ALLOW_HTTP=true (--allow-http) allows http://")
	}
	return nil
}

// plainHTTP reports whether traffic to an address leaves this machine unencrypted.
func plainHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "http" && !edge.IsLoopback(net.JoinHostPort(u.Hostname(), "80"))
}

// checkAlerts checks the settings of the alert webhook. Errors do not contain its URL,
// which is a secret.
func (s Settings) checkAlerts() error {
	if s.AlertWebhook == "" {
		if s.AlertSecret != "" {
			return errors.New("GATEWAY_ALERT_SECRET (--alert-secret) needs GATEWAY_ALERT_WEBHOOK (--alert-webhook)")
		}
		return nil
	}
	u, err := url.Parse(s.AlertWebhook)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || plainHTTP(s.AlertWebhook)) {
		return invalid("GATEWAY_ALERT_WEBHOOK", "must be a URL like https://hooks.example.com/alerts, without user and fragment; http:// only on this machine")
	}
	if s.PassThrough {
		return errors.New("GATEWAY_ALERT_WEBHOOK (--alert-webhook) needs a token of the gateway's own: unset it, or GATEWAY_PASS_THROUGH")
	}
	return nil
}
