// Package accepts reads request headers that list what a client takes, such as Accept and
// Accept-Encoding (RFC 9110, 12.5).
package accepts

import (
	"iter"
	"strconv"
	"strings"
)

// A Weight is how much a client likes something, by the range that names it most closely.
type Weight struct {
	Q     float64 // from 0, not at all, to 1
	Named int     // 2: by its name, 1: by its kind, as application/*; 0: by */* or *, or not at all
	seen  bool
}

// Take notes a range that names the thing so closely. Of equally close ones the one liked
// best counts.
func (w *Weight) Take(named int, q float64) {
	if !w.seen || named > w.Named || named == w.Named && q > w.Q {
		*w = Weight{q, named, true}
	}
}

// Of returns the weight of what, which is in lower case, in the values of a header. What
// no range names has weight 0.
func Of(values []string, what string) (w Weight) {
	kind, _, _ := strings.Cut(what, "/")
	for name, params := range Ranges(values) {
		switch {
		case strings.EqualFold(name, what):
			w.Take(2, Quality(params))
		case len(name) == len(kind)+2 && strings.HasSuffix(name, "/*") && strings.EqualFold(name[:len(kind)], kind):
			w.Take(1, Quality(params))
		case name == "*/*" || name == "*":
			w.Take(0, Quality(params))
		}
	}
	return w
}

// The media types of answers in one piece.
const (
	JSON    = "application/json"
	GraphQL = "application/graphql-response+json"
)

// Answer picks the media type of an answer in one piece, and tells how much the client
// likes it: "" if it takes neither. Where the client is indifferent, by wildcard or
// silence, it gets JSON (audits 47DE and 80D8 of graphql-http); where it names both with
// equal weight, GraphQL.
func Answer(values []string) (media string, q float64) {
	if len(values) == 0 || len(values) == 1 && (values[0] == "" || values[0] == JSON || values[0] == "*/*") {
		return JSON, 1
	}
	json, gql := Of(values, JSON), Of(values, GraphQL)
	switch {
	case gql.Q > json.Q, gql.Q == json.Q && gql.Q > 0 && gql.Named == 2:
		return GraphQL, gql.Q
	case json.Q > 0:
		return JSON, json.Q
	}
	return "", 0
}

// Ranges are the names and parameters of the ranges in the values of a header.
func Ranges(values []string) iter.Seq2[string, string] {
	return func(yield func(name, params string) bool) {
		for _, value := range values {
			for len(value) > 0 {
				var item string
				item, value = cut(value, ',')
				name, params := cut(item, ';')
				if !yield(strings.TrimSpace(name), params) {
					return
				}
			}
		}
	}
}

// Parameters are the names and values in the parameters of a range, without quotes.
func Parameters(params string) iter.Seq2[string, string] {
	return func(yield func(key, value string) bool) {
		for len(params) > 0 {
			var item string
			item, params = cut(params, ';')
			key, value, _ := strings.Cut(item, "=")
			if !yield(strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"`)) {
				return
			}
		}
	}
}

// Quality is q in the parameters of a range: 1 if it is absent or unreadable.
func Quality(params string) float64 {
	for key, text := range Parameters(params) {
		if strings.EqualFold(key, "q") {
			if q, err := strconv.ParseFloat(text, 64); err == nil && q >= 0 && q <= 1 {
				return q
			}
			return 1
		}
	}
	return 1
}

// cut splits s at the first sep that stands outside of a quoted string.
func cut(s string, sep byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case quoted && s[i] == '\\':
			i++
		case !quoted && s[i] == sep:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
