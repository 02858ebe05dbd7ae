package calls

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// CheckBaseURL returns an error if Options.BaseURL is invalid. It must be http or https with a
// host, and without user info, query or fragment. The error does not repeat the URL, which may
// hold a password.
func CheckBaseURL(base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return errors.New("not a valid URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("use http:// or https://")
	case u.User != nil:
		return errors.New("remove the user info; set the token separately")
	case u.Hostname() == "" || !isVisibleASCII(u.Host):
		return errors.New("no host; use a form like https://app.getcensus.com/api/v1")
	case strings.ContainsAny(base, "?#"):
		return errors.New("remove the query or fragment")
	case strings.ContainsAny(base, "\\ ") || strings.Contains(u.Path, ".."):
		return errors.New("invalid path; remove spaces, backslashes and \"..\"")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return errors.New("invalid port; use 1 to 65535")
		}
	}
	return nil
}

// CheckToken returns an error if a Census token is invalid. It must be visible ASCII without
// surrounding quotes. The error does not repeat the token.
func CheckToken(token string) error {
	if !isVisibleASCII(token) {
		return errors.New("use visible ASCII characters without spaces")
	}
	if strings.Trim(token, `"'`) != token {
		return errors.New("remove the surrounding quotes")
	}
	return nil
}

func isVisibleASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
