package edge

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// CheckBaseURL tells what is wrong with a Census base URL: it must be http or
// https with a host, and without user info, query or fragment. The error does
// not repeat the URL, which may hold a password.
func CheckBaseURL(base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return errors.New("base URL: not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("base URL: want http:// or https://")
	case u.User != nil:
		return errors.New("base URL: user info is not allowed; the token is configured apart")
	case u.Hostname() == "" || !printable(u.Host):
		return errors.New("base URL: no host")
	case strings.ContainsAny(base, "?#"):
		return errors.New("base URL: query and fragment are not allowed")
	case strings.ContainsAny(base, "\\ ") || strings.Contains(u.Path, ".."):
		return errors.New("base URL: odd path")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return errors.New("base URL: want a port from 1 to 65535")
		}
	}
	return nil
}
