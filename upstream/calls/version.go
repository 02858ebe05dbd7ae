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

// VersionOf is the version that a base URL ends with. One that ends with none is V1.
func VersionOf(base string) Version {
	if u, err := url.Parse(base); err == nil && strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/v2") {
		return V2
	}
	return V1
}

// String is the version as paths have it.
func (v Version) String() string {
	if v == V2 {
		return "v2"
	}
	return "v1"
}

// Version is the version that c asks.
func (c *Caller) Version() Version { return c.version }

// redirected is the cause where Census sends a call elsewhere. It tells the host, if that
// is another; what else is in the address may be a secret.
func redirected(base, address string) error {
	here, _ := url.Parse(base)
	there, err := url.Parse(address)
	switch {
	case err != nil || address == "":
		return errors.New("redirected to no readable address, not followed")
	case there.Host == "" || here != nil && there.Host == here.Host:
		return errors.New("redirected to another path of the same host, not followed")
	}
	return fmt.Errorf("redirected to host %q, not followed", there.Hostname())
}
