package graphiql

import (
	"strconv"
	"strings"
)

// encoding returns the best way to send a file that is stored as brotli and gzip to a client with this
// Accept-Encoding: "br", "gzip", or "" for neither. Any weight but zero is a yes: between the two, ours
// is the choice, and it is the smaller (RFC 9110, section 12.5.3).
func encoding(accept string) string {
	yes := map[string]bool{}
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			yes[name] = weight(params) > 0
		}
	}
	for _, name := range []string{"br", "gzip"} {
		if ok, named := yes[name]; ok || !named && yes["*"] {
			return name
		}
	}
	return ""
}

// weight reads "q=0.5"; without one, or with one that is not a number, it is 1.
func weight(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if strings.EqualFold(key, "q") {
			if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
				return q
			}
		}
	}
	return 1
}
