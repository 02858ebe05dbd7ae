package transport

import (
	"net/http"
	"strings"

	"census-gateway/internal/accepts"
)

// A media is a media type of answers.
type media uint8

const (
	mediaNone media = iota
	mediaJSON
	mediaGraphQL
	mediaEvents // server-sent events
)

// contentTypes holds values of the Content-Type header, which must not be modified.
var contentTypes = [...][]string{
	mediaJSON:    {"application/json; charset=utf-8"},
	mediaGraphQL: {"application/graphql-response+json; charset=utf-8"},
	mediaEvents:  {"text/event-stream; charset=utf-8"},
}

// An accepted holds the forms of answers that a client accepts.
type accepted struct {
	plain media // for answers in one piece; mediaNone if the client accepts none
	parts form  // for @defer; formNone if the client prefers an answer in one piece
	lasts lasts // for subscriptions
}

// negotiate reads the Accept header. A client that lists multipart/mixed but no JSON gets
// application/json for answers in one piece. A client that prefers JSON gets no parts.
func negotiate(r *http.Request) (out accepted) {
	values := r.Header["Accept"]
	plain, q := accepts.Answer(values)
	switch plain {
	case accepts.JSON:
		out.plain = mediaJSON
	case accepts.GraphQL:
		out.plain = mediaGraphQL
	}
	var parts [formIDs + 1]accepts.Weight
	var events, messages accepts.Weight
	for name, params := range accepts.Ranges(values) {
		switch {
		case strings.EqualFold(name, "text/event-stream"):
			events.Take(2, accepts.Quality(params))
		case strings.EqualFold(name, "multipart/mixed") && subscribing(params):
			messages.Take(2, accepts.Quality(params))
		case strings.EqualFold(name, "multipart/mixed"):
			f, named := partsNamed(params)
			parts[f].Take(named, accepts.Quality(params))
		}
	}
	for f := formPaths; f <= formIDs; f++ {
		best, this := parts[out.parts], parts[f]
		if this.Q > 0 && this.Q >= q && (out.parts == formNone || this.Q > best.Q || this.Q == best.Q && this.Named >= best.Named) {
			out.parts = f
		}
		if this.Q > 0 && out.plain == mediaNone {
			out.plain = mediaJSON
		}
	}
	switch {
	case messages.Q > events.Q:
		out.lasts = lastsMultipart
	case events.Q > 0:
		out.lasts = lastsEvents
	}
	switch {
	case out.plain != mediaNone:
	case messages.Q > 0:
		out.plain = mediaJSON
	case events.Q > 0:
		out.plain = mediaEvents
	}
	return out
}

// partsNamed returns the form that the parameters of multipart/mixed select. named is 2 if they
// name it, and 1 if they name no form. It returns formNone if they name another form, such as the
// one for subscriptions, whose clients cannot read these parts. A boundary does not select a
// form.
func partsNamed(params string) (f form, named int) {
	f, named = formPaths, 1
	for key, value := range accepts.Parameters(params) {
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

// subscribing reports whether the parameters of multipart/mixed name the protocol for
// subscriptions.
func subscribing(params string) bool {
	for key, value := range accepts.Parameters(params) {
		if strings.EqualFold(key, "subscriptionSpec") {
			return value == "1.0" || value == "1"
		}
	}
	return false
}
