// Package accepts parses request headers that list what a client accepts, such as Accept and
// Accept-Encoding (RFC 9110, 12.5).
package accepts

import (
	"iter"
	"strconv"
	"strings"
)

// A Weight is how much a client prefers something, according to the most specific range that
// matches it.
type Weight struct {
	Q     float64 // from 0, not accepted, to 1
	Named int     // 2: by name, 1: by type, as application/*; 0: by */* or *, or no match
	seen  bool
}

// Take considers a range that matches with the specificity named. Among ranges of equal
// specificity the highest quality applies.
func (w *Weight) Take(named int, q float64) {
	if !w.seen || named > w.Named || named == w.Named && q > w.Q {
		*w = Weight{q, named, true}
	}
}

// Of returns the weight of what, in lower case, in the values of a header. The weight is 0 if no
// range matches.
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

// Media types of an answer in one piece.
const (
	JSON    = "application/json"
	GraphQL = "application/graphql-response+json"
)

// Answer chooses the media type of an answer in one piece, and returns its weight; "" if the
// client accepts neither. A client without a preference, by wildcard or without a header, gets
// JSON (audits 47DE and 80D8 of graphql-http). A client that names both types with equal weight
// gets the GraphQL type.
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

// Ranges iterates over the ranges in the values of a header, as name and parameters.
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

// Parameters iterates over the parameters of a range, as name and value without quotes.
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

// Quality returns the parameter q of a range; 1 if it is absent or invalid.
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

// cut splits s at the first sep outside of a quoted string.
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
