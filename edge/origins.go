package edge

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Origins is the allow-list of origins of pages and apps, shared by CORS and CSRF. The zero value
// allows none.
type Origins struct {
	exact map[string]bool
	all   bool
}

// ParseOrigins parses a list of exact origins. An origin of pages is "https://app.example.com" or
// "http://localhost:3000"; case and a default port do not matter. An origin of an app or browser
// extension is written as the app sends it, "capacitor://localhost" or "chrome-extension://ID".
// "*" allows all. It is an error unless callers bring their own credentials, since any page on
// the web could otherwise use the gateway's.
func ParseOrigins(list []string, ownCredentials bool) (Origins, error) {
	o := Origins{exact: make(map[string]bool, len(list))}
	for _, entry := range list {
		if entry == "*" {
			if !ownCredentials {
				return Origins{}, errors.New(`origin "*" is allowed only if callers bring their own credentials: list the origins instead`)
			}
			o.all = true
			continue
		}
		origin, err := canonicalOrigin(entry)
		if err != nil {
			return Origins{}, fmt.Errorf("origin %q: %w", entry, err)
		}
		o.exact[origin] = true
	}
	return o, nil
}

// allows reports whether pages of that origin, as in an Origin header, may use the gateway. It
// compares whole texts.
func (o Origins) allows(origin string) bool {
	return origin != "" && (o.all || o.exact[origin])
}

// pseudoSchemes have no origin that a browser would send.
var pseudoSchemes = map[string]bool{"": true, "about": true, "blob": true, "data": true, "file": true, "ftp": true, "javascript": true}

// isWeb reports whether u is the origin of a page rather than an app.
func isWeb(u *url.URL) bool { return u.Scheme == "http" || u.Scheme == "https" }

// canonicalOrigin returns origin as browsers write it in an Origin header:
// scheme and host in lower case, no default port (RFC 6454, 6.2).
func canonicalOrigin(origin string) (string, error) {
	if origin == "null" {
		return "", errors.New("null is the origin of every sandboxed page, so it is not allowed")
	}
	u, err := url.Parse(origin)
	switch {
	case err != nil:
		return "", errors.New("not a URL")
	case pseudoSchemes[u.Scheme]:
		return "", errors.New("expected http://, https:// or the scheme of an app; browsers send null for this one")
	case u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(origin, "#"):
		return "", errors.New("expected scheme and host only, without a slash at the end")
	case u.Hostname() == "" || !printable(u.Host) || strings.ContainsAny(u.Host, `*,"'\%`) || strings.HasSuffix(u.Host, ":"):
		return "", errors.New("expected one host, in ASCII (punycode), without wildcards")
	case !isWeb(u):
		return u.Scheme + "://" + u.Host, nil // an opaque host, whose case matters
	}
	port := u.Port()
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return "", errors.New("expected a port from 1 to 65535")
		}
		port = strconv.FormatUint(n, 10)
	}
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" || u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		return u.Scheme + "://" + host, nil
	}
	return u.Scheme + "://" + host + ":" + port, nil
}
