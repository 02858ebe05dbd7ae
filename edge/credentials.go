package edge

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// maxCredential is the maximum length of a credential, in bytes. Census tokens and API keys have
// tens of bytes, JWTs up to a few thousand.
const maxCredential = 4 << 10

var (
	errNoCredential  = errors.New("no credential")
	errBadCredential = errors.New("malformed credential")
	errBigCredential = fmt.Errorf("credential of more than %d bytes", maxCredential)
)

// authorization returns the scheme of the Authorization header, in lower case, and the rest of
// its value.
func authorization(h http.Header) (scheme, rest string, err error) {
	values := h.Values("Authorization")
	if len(values) == 0 {
		return "", "", errNoCredential
	}
	// Two headers mean that two parties disagree about who the caller is.
	if len(values) > 1 {
		return "", "", errBadCredential
	}
	if len(values[0]) > maxCredential {
		return "", "", errBigCredential
	}
	scheme, rest, found := strings.Cut(values[0], " ")
	rest = strings.TrimLeft(rest, " ")
	if !found || scheme == "" || !printable(scheme) || !printable(rest) {
		return "", "", errBadCredential
	}
	return strings.ToLower(scheme), rest, nil
}

// bearerToken returns the token of "Authorization: Bearer …" (RFC 6750, 2.1). It
// takes every visible ASCII character, not only those the RFC lists: Census
// tokens begin with "secret-token:" (RFC 8959).
func bearerToken(h http.Header) (string, error) {
	scheme, token, err := authorization(h)
	switch {
	case err != nil:
		return "", err
	case scheme != "bearer":
		return "", errNoCredential
	}
	return token, nil
}

// censusToken returns the token that a client would send to Census: as Bearer, or as the password
// of the Basic user "bearer", the older form in Census's documentation.
func censusToken(h http.Header) (string, error) {
	scheme, rest, err := authorization(h)
	switch {
	case err != nil:
		return "", err
	case scheme == "bearer":
		return rest, nil
	case scheme != "basic":
		return "", errNoCredential
	}
	pair, err := base64.StdEncoding.Strict().DecodeString(rest)
	if err != nil {
		return "", errBadCredential
	}
	user, token, found := strings.Cut(string(pair), ":")
	if !found || user != "bearer" || !printable(token) {
		return "", errBadCredential
	}
	return token, nil
}

// apiKey returns the key in X-API-Key, or else the Bearer token.
func apiKey(h http.Header) (string, error) {
	values := h.Values("X-API-Key")
	if len(values) == 0 {
		return bearerToken(h)
	}
	if len(values) > 1 || len(values[0]) > maxCredential || !printable(values[0]) {
		return "", errBadCredential
	}
	return values[0], nil
}

// printable reports whether s is one or more visible ASCII characters: no space, no control
// character, nothing above 126. Such a text is a valid header value as it is.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s != ""
}
