package edge

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks of proxies whose X-Forwarded-For is believed. None
// believes nobody.
type Proxies []netip.Prefix

// ParseProxies reads networks, "10.0.0.0/8", and single addresses.
func ParseProxies(list []string) (Proxies, error) {
	var p Proxies
	for _, entry := range list {
		network, err := netip.ParsePrefix(entry)
		if addr, addrErr := netip.ParseAddr(entry); addrErr == nil && addr.Zone() == "" {
			network, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is neither a network like 10.0.0.0/8 nor an address", entry)
		}
		p = append(p, network)
	}
	return p, nil
}

func (p Proxies) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(addr) })
}

// Client is the address that r came from: that of the connection, or, where that is a
// proxy's, the last one in X-Forwarded-For that is not; "" if that is not an IP address.
// What a client put there itself stands before that, and is not believed.
func (p Proxies) Client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	if len(p) == 0 {
		host, _, _ = strings.Cut(host, "%")
		return host
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	addr = addr.Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !p.trusts(addr) {
			break
		}
		before, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		addr = before.Unmap().WithZone("")
	}
	return addr.String()
}
