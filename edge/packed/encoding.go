package packed

import "census-gateway/internal/accepts"

// encoding returns the encoding for a file stored as brotli and gzip, given the values of
// Accept-Encoding: "br", "gzip", or "" for neither. Any weight other than zero accepts an
// encoding. If both are accepted, the server may choose, and chooses brotli, which is smaller
// (RFC 9110, section 12.5.3).
func encoding(accept []string) string {
	for _, name := range []string{"br", "gzip"} {
		if accepts.Of(accept, name).Q > 0 {
			return name
		}
	}
	return ""
}
