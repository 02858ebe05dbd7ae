package transport

import (
	"net/http"
	"strings"

	"census-gateway/internal/accepts"
)

// An acceptedFormats holds the formats of answers that a client accepts.
type acceptedFormats struct {
	single mediaType   // for answers in one piece; mediaNone if the client accepts none
	parts  partsFormat // for @defer; partsNone if the client prefers an answer in one piece
	events eventFormat // for subscriptions
}

// negotiateFormats reads the Accept header. A client that lists multipart/mixed but no JSON gets
// application/json for answers in one piece. A client that prefers JSON gets no parts.
func negotiateFormats(r *http.Request) (out acceptedFormats) {
	values := r.Header["Accept"]
	plain, q := accepts.Answer(values)
	switch plain {
	case accepts.JSON:
		out.single = mediaJSON
	case accepts.GraphQL:
		out.single = mediaGraphQL
	}
	var parts [partsByID + 1]accepts.Weight
	var events, messages accepts.Weight
	for name, params := range accepts.Ranges(values) {
		switch {
		case strings.EqualFold(name, "text/event-stream"):
			events.Take(2, accepts.Quality(params))
		case strings.EqualFold(name, "multipart/mixed") && isSubscriptionFormat(params):
			messages.Take(2, accepts.Quality(params))
		case strings.EqualFold(name, "multipart/mixed"):
			f, named := partsFormatOf(params)
			parts[f].Take(named, accepts.Quality(params))
		}
	}
	for f := partsByPath; f <= partsByID; f++ {
		best, this := parts[out.parts], parts[f]
		if this.Q > 0 && this.Q >= q && (out.parts == partsNone || this.Q > best.Q || this.Q == best.Q && this.Named >= best.Named) {
			out.parts = f
		}
		if this.Q > 0 && out.single == mediaNone {
			out.single = mediaJSON
		}
	}
	switch {
	case messages.Q > events.Q:
		out.events = eventsMultipart
	case events.Q > 0:
		out.events = eventsSSE
	}
	switch {
	case out.single != mediaNone:
	case messages.Q > 0:
		out.single = mediaJSON
	case events.Q > 0:
		out.single = mediaEvents
	}
	return out
}

// partsFormatOf returns the format that the parameters of multipart/mixed select. named is 2 if
// they name it, and 1 if they name no format. It returns partsNone if they name another format,
// such as the one for subscriptions, whose clients cannot read these parts. A boundary does not
// select a format.
func partsFormatOf(params string) (f partsFormat, named int) {
	f, named = partsByPath, 1
	for key, value := range accepts.Parameters(params) {
		switch {
		case strings.EqualFold(key, "q"), strings.EqualFold(key, "boundary"), key == "":
		case named == 1 && strings.EqualFold(key, "deferSpec") && value == "20220824":
			f, named = partsByPath, 2
		case named == 1 && strings.EqualFold(key, "incrementalSpec") && value == "v0.2":
			f, named = partsByID, 2
		default:
			return partsNone, 0
		}
	}
	return f, named
}

// isSubscriptionFormat reports whether the parameters of multipart/mixed name the protocol for
// subscriptions.
func isSubscriptionFormat(params string) bool {
	for key, value := range accepts.Parameters(params) {
		if strings.EqualFold(key, "subscriptionSpec") {
			return value == "1.0" || value == "1"
		}
	}
	return false
}
