package edge

import (
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"census-gateway/internal/errcodes"
)

// CheckHost answers 403 unless the Host of a request is this machine's loopback (localhost,
// 127.0.0.0/8, [::1]) or one of names, given without a port.
//
// It protects a gateway that listens on loopback without credentials. A page of evil.example
// whose name resolves to 127.0.0.1 (DNS rebinding) is same-origin to the browser, but its
// requests still have "Host: evil.example".
func CheckHost(names ...string) func(http.Handler) http.Handler {
	allowed := make(map[string]bool, len(names))
	for _, name := range names {
		allowed[hostName(name)] = true
	}
	var last atomic.Pointer[string] // the last accepted Host: most requests have the same
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if known := last.Load(); known != nil && *known == r.Host {
				next.ServeHTTP(w, r)
				return
			}
			host := hostName(r.Host)
			if !isLoopbackHost(host) && (host == "" || !allowed[host]) {
				Refuse(w, r, &Refusal{
					Status:  http.StatusForbidden,
					Code:    errcodes.Forbidden,
					Reason:  ForHost,
					Message: "This host name is not accepted. Use localhost, or ask the operator to add the name to GATEWAY_HOSTS.",
				})
				return
			}
			good := strings.Clone(r.Host)
			last.Store(&good)
			next.ServeHTTP(w, r)
		})
	}
}

// hostName returns the host of a Host header in lower case, without port, brackets and trailing
// dot; "" if it is invalid.
func hostName(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	} else if inner, ok := strings.CutPrefix(hostport, "["); ok {
		host, ok = strings.CutSuffix(inner, "]")
		if !ok {
			return ""
		}
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// IsHostName reports whether name is valid for CheckHost: a host without scheme, port and path.
func IsHostName(name string) bool {
	host := hostName(name)
	return host != "" && host == strings.Trim(strings.ToLower(name), "[].") && !strings.ContainsAny(host, "/ ?#@*")
}
