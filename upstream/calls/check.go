package calls

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// CheckBaseURL tells what is wrong with Options.BaseURL: it must be http or
// https with a host, and without user info, query or fragment. The error does
// not repeat the URL, which may hold a password.
func CheckBaseURL(base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return errors.New("not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("want http:// or https://")
	case u.User != nil:
		return errors.New("user info is not allowed; the token is configured apart")
	case u.Hostname() == "" || !visible(u.Host):
		return errors.New("no host")
	case strings.ContainsAny(base, "?#"):
		return errors.New("query and fragment are not allowed")
	case strings.ContainsAny(base, "\\ ") || strings.Contains(u.Path, ".."):
		return errors.New("odd path")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return errors.New("want a port from 1 to 65535")
		}
	}
	return nil
}

// CheckToken tells what is wrong with a Census token: it must be visible ASCII, and no
// quotes around it.
// The error does not repeat it.
func CheckToken(token string) error {
	if !visible(token) {
		return errors.New("want visible ASCII, no spaces")
	}
	if strings.Trim(token, `"'`) != token {
		return errors.New("want it without quotes")
	}
	return nil
}

func visible(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
