package packed

import "census-gateway/internal/accepts"

// encoding returns the best way to send a file that is stored as brotli and gzip to a client with these
// values of Accept-Encoding: "br", "gzip", or "" for neither. Any weight but zero is a yes: between the
// two, ours is the choice, and it is the smaller (RFC 9110, section 12.5.3).
func encoding(accept []string) string {
	for _, name := range []string{"br", "gzip"} {
		if accepts.Of(accept, name).Q > 0 {
			return name
		}
	}
	return ""
}
