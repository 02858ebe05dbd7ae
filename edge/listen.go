package edge

import (
	"errors"
	"net"
	"net/netip"
	"strings"
)

// A Stance is the part of a configuration that decides whether the gateway may listen.
type Stance struct {
	Addr         string // listen address, as for net.Listen
	SharedToken  bool   // the gateway uses a shared Census token for its callers
	Authenticate bool   // callers must authenticate (API key or JWT)
	AllowOpen    bool   // the operator explicitly allows an open gateway
}

// CheckStance prevents strangers from using a Census token. It returns an error for a shared
// token without caller authentication on an address that others can reach. The error says what to
// change. CheckStance looks at nothing but its argument.
func CheckStance(s Stance) error {
	if !s.SharedToken || s.Authenticate || s.AllowOpen || IsLoopback(s.Addr) {
		return nil
	}
	return errors.New("refusing to listen on " + s.Addr + ": everyone who reaches it could use the shared Census token. " +
		"Require API keys or JWTs, let callers bring their own Census tokens (pass-through), listen on 127.0.0.1, " +
		"or allow an open gateway with GATEWAY_ALLOW_OPEN=true (--allow-open)")
}

// IsLoopback reports whether a listen address, or a listener's Addr().String(), can be reached
// from this machine only. ":8080", "0.0.0.0:8080" and "[::]:8080" mean all interfaces. The only
// name that is loopback is "localhost", since other names may resolve to anything. A malformed
// address is not loopback.
func IsLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && isLoopbackHost(host)
}

// isLoopbackHost is IsLoopback for a host without port and brackets.
func isLoopbackHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
