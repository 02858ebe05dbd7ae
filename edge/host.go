package edge

import (
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"census-gateway/internal/errcodes"
)

// CheckHost answers 403 unless the Host a request names is this machine's
// loopback (localhost, 127.0.0.0/8, [::1]) or one of names, given without port.
//
// It is for a gateway that listens on loopback and asks for no credentials: a
// page of evil.example whose name is made to resolve to 127.0.0.1 (DNS
// rebinding) is same-origin to the browser, but its requests still say
// "Host: evil.example".
func CheckHost(names ...string) func(http.Handler) http.Handler {
	allowed := make(map[string]bool, len(names))
	for _, name := range names {
		allowed[hostName(name)] = true
	}
	var last atomic.Pointer[string] // Host that was let in: most say the same
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
					Message: "This host name is not served. Use localhost, or have the operator allow the name.",
				})
				return
			}
			good := strings.Clone(r.Host)
			last.Store(&good)
			next.ServeHTTP(w, r)
		})
	}
}

// hostName is the host of a Host header in lower case, without port, brackets
// and the dot that may end a name; empty if it is not one.
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

// IsHostName reports whether name can be one of CheckHost's: a host without
// scheme, port and path.
func IsHostName(name string) bool {
	host := hostName(name)
	return host != "" && host == strings.Trim(strings.ToLower(name), "[].") && !strings.ContainsAny(host, "/ ?#@*")
}
