package calls

import (
	"errors"
	"slices"
	"strings"
	"unicode"
)

// errEcho says that an answer holds the token, as error pages of careless
// proxies do: nothing of it may be logged or shown.
var errEcho = errors.New("the answer repeats the token")

// traceLength is how many letters of a secret are looked for. Census's tokens
// have 24 and more; shorter ones, of tests, would be found by chance.
const traceLength = 16

// tracesOf is a stretch of each secret by which to know it again. One that begins
// with a capital is best: those are rare in Census's answers, and all of each
// answer is searched.
func tracesOf(secrets ...string) (traces []string) {
	for _, s := range secrets {
		last := len(s) - traceLength
		if last < 0 {
			continue
		}
		at := strings.IndexFunc(s[:last+1], unicode.IsUpper)
		if at < 0 {
			at = last
		}
		if t := s[at : at+traceLength]; !slices.Contains(traces, t) {
			traces = append(traces, t)
		}
	}
	return traces
}

// echoes tells whether text holds the token, or the form in which it was sent.
func (c *Caller) echoes(text string) bool {
	return slices.ContainsFunc(c.traces, func(t string) bool { return strings.Contains(text, t) })
}
