package edge

import (
	"errors"
	"net"
	"net/netip"
	"strings"
)

// A Stance is what of a configuration decides whether it may listen.
type Stance struct {
	Addr         string // listen address, as net.Listen takes it
	SharedToken  bool   // the gateway holds a Census token of its own and uses it for callers
	Authenticate bool   // callers must show who they are (API key or JWT)
	AllowOpen    bool   // the operator said in so many words that an open gateway is wanted
}

// CheckStance refuses to let strangers use a Census token: with a shared token,
// without caller authentication and on an address others can reach, the error
// says what to change. It looks at nothing but its argument.
func CheckStance(s Stance) error {
	if !s.SharedToken || s.Authenticate || s.AllowOpen || IsLoopback(s.Addr) {
		return nil
	}
	return errors.New("refusing to listen on " + s.Addr + ": everyone who reaches it could use the Census token. " +
		"Ask callers for API keys or JWTs, let them bring their own Census tokens (pass-through), listen on 127.0.0.1, " +
		"or allow an open gateway explicitly")
}

// IsLoopback reports whether a listen address, or a listener's Addr().String(),
// can be reached from this machine only. ":8080", "0.0.0.0:8080" and "[::]:8080"
// are all interfaces. Of names only "localhost" counts, since any other may be
// anything; so do malformed addresses not.
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
