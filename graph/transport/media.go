package transport

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
)

// A media is one of the forms in which an answer can be written.
type media uint8

const (
	mediaNone media = iota
	mediaJSON
	mediaGraphQL
)

// contentTypes are values of the header Content-Type, made once. Nobody changes them.
var contentTypes = [...][]string{
	mediaJSON:    {"application/json; charset=utf-8"},
	mediaGraphQL: {"application/graphql-response+json; charset=utf-8"},
}

// An accepted is what a client takes for an answer.
type accepted struct {
	plain media // for answers in one piece; mediaNone if the client takes none
	parts form  // for @defer; formNone if the client likes an answer in one piece better
}

// negotiate reads the Accept header. Weights and wildcards count as RFC 9110,
// 12.5.1 has it. Where the client is indifferent, by wildcard or silence, it
// gets application/json (audits 47DE and 80D8 of graphql-http); where it names
// both with equal weight, application/graphql-response+json.
//
// A client that names multipart/mixed and no JSON gets application/json for
// what is not streamed; one that likes JSON better gets no parts.
func negotiate(r *http.Request) accepted {
	values := r.Header["Accept"]
	if len(values) == 0 || len(values) == 1 && values[0] == "" {
		return accepted{plain: mediaJSON}
	}
	var json, gql weight
	var parts [formIDs + 1]weight
	var out accepted
	for _, value := range values {
		for len(value) > 0 {
			var item string
			item, value = cut(value, ',')
			name, params := cut(item, ';')
			name = strings.TrimSpace(name)
			q := quality(params)
			switch {
			case strings.EqualFold(name, "application/json"):
				json.take(2, q)
			case strings.EqualFold(name, "application/graphql-response+json"):
				gql.take(2, q)
			case strings.EqualFold(name, "application/*"):
				json.take(1, q)
				gql.take(1, q)
			case name == "*/*":
				json.take(0, q)
				gql.take(0, q)
			case strings.EqualFold(name, "multipart/mixed"):
				f, named := partsNamed(params)
				parts[f].take(named, q)
			}
		}
	}
	for f := formPaths; f <= formIDs; f++ {
		best, this := parts[out.parts], parts[f]
		if this.q > 0 && this.q >= max(json.q, gql.q) && (out.parts == formNone || this.q > best.q || this.q == best.q && this.named >= best.named) {
			out.parts = f
		}
	}
	switch {
	case gql.q > json.q, gql.q == json.q && gql.q > 0 && gql.named > json.named,
		gql.q == json.q && gql.q > 0 && gql.named == 2:
		out.plain = mediaGraphQL
	case json.q > 0, parts[formPaths].q > 0, parts[formIDs].q > 0:
		out.plain = mediaJSON
	}
	return out
}

// A weight is the quality of the most specific range that matches a type.
type weight struct {
	named int // how closely it names the type: 2 by name, 1 by application/*, 0 by */*
	q     float64
	seen  bool
}

func (w *weight) take(named int, q float64) {
	if !w.seen || named > w.named || named == w.named && q > w.q {
		*w = weight{named: named, q: q, seen: true}
	}
}

// quality finds q in the parameters of a media range: 1 if absent or unreadable.
func quality(params string) float64 {
	for key, text := range parameters(params) {
		if !strings.EqualFold(key, "q") {
			continue
		}
		if q, err := strconv.ParseFloat(text, 64); err == nil && q >= 0 && q <= 1 {
			return q
		}
		return 1
	}
	return 1
}

// partsNamed is the form of parts that the parameters of multipart/mixed name, and how
// closely: 2 by its name, 1 where they leave room for it. It is formNone if they name
// another, as that of subscriptions: whoever asks for that cannot read these. A
// boundary names no form.
func partsNamed(params string) (f form, named int) {
	f, named = formPaths, 1
	for key, value := range parameters(params) {
		switch {
		case strings.EqualFold(key, "q"), strings.EqualFold(key, "boundary"), key == "":
		case named == 1 && strings.EqualFold(key, "deferSpec") && value == "20220824":
			f, named = formPaths, 2
		case named == 1 && strings.EqualFold(key, "incrementalSpec") && value == "v0.2":
			f, named = formIDs, 2
		default:
			return formNone, 0
		}
	}
	return f, named
}

// parameters are the names and values in params, which stand without quotes.
func parameters(params string) iter.Seq2[string, string] {
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
