package calls

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// A Version of Census's API.
type Version int

const (
	V1 Version = 1 // tokens of workspaces; retired on 15 January 2027
	V2 Version = 2 // personal tokens, which see a whole account
)

// VersionOf returns the version that a base URL ends with; V1 if it ends with no version.
func VersionOf(base string) Version {
	if u, err := url.Parse(base); err == nil && strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/v2") {
		return V2
	}
	return V1
}

// String returns the version as it appears in paths.
func (v Version) String() string {
	if v == V2 {
		return "v2"
	}
	return "v1"
}

// redirected returns the cause when Census redirects a call. It names the host if that is
// another one; the rest of the address may be secret.
func redirected(base, address string) error {
	here, _ := url.Parse(base)
	there, err := url.Parse(address)
	switch {
	case err != nil || address == "":
		return errors.New("redirected to an invalid address, not followed")
	case there.Host == "" || here != nil && there.Host == here.Host:
		return errors.New("redirected to another path of the same host, not followed")
	}
	return fmt.Errorf("redirected to host %q, not followed", there.Hostname())
}
