package calls

import (
	"errors"
	"slices"
	"strings"
	"unicode"
)

// errEcho means that the answer contains the token, as careless proxies' error pages do. No
// part of such an answer may be logged or shown.
var errEcho = errors.New("the answer contains the token")

// fragmentLength is how many letters of a secret are searched for. Census's tokens have 24 or
// more. Shorter ones, used in tests, would match by chance.
const fragmentLength = 16

// tokenFragments are parts of a token, by which to recognize it in an answer.
type tokenFragments []string

// fragmentsOf returns a part of each secret by which to recognize it. A part that begins with a
// capital is preferred: capitals are rare in Census's answers, so the search is faster.
func fragmentsOf(secrets ...string) (fragments tokenFragments) {
	for _, s := range secrets {
		last := len(s) - fragmentLength
		if last < 0 {
			continue
		}
		at := strings.IndexFunc(s[:last+1], unicode.IsUpper)
		if at < 0 {
			at = last
		}
		if t := s[at : at+fragmentLength]; !slices.Contains(fragments, t) {
			fragments = append(fragments, t)
		}
	}
	return fragments
}

// in reports whether text contains the token, plain or as it was sent.
func (f tokenFragments) in(text string) bool {
	return slices.ContainsFunc(f, func(t string) bool { return strings.Contains(text, t) })
}
