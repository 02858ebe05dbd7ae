package sim

import "strings"

// A version of the API.
type version int

const (
	none version = iota // not a path of the API
	v1
	v2
)

// apiPath strips the base path and returns the version that it names.
func apiPath(path string) (version, string) {
	for i, base := range [...]string{"/api/v1", "/api/v2"} {
		if rest, ok := strings.CutPrefix(path, base); ok && strings.HasPrefix(rest, "/") {
			return version(i + 1), rest
		}
	}
	return none, ""
}
