package transport

import (
	"fmt"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
	"census-gateway/internal/notes"
)

// A rejection is the reason to reject a request before it is executed.
type rejection struct {
	status  int
	code    string
	message string // for the client; contains nothing of the request
	limit   string // the exceeded limit, one of the Limit constants; "" if none
}

// Limits enforced by this package, by the names that operators see.
const (
	LimitBody     = "body" // also of the query string of a URL
	LimitDocument = "document"
)

// tooLong returns the rejection for a request whose part what exceeds the limit.
func tooLong(status int, limit, what string, allowed int64) *rejection {
	return &rejection{status, errcodes.PayloadTooLarge, fmt.Sprintf("the %s is longer than %d bytes", what, allowed), limit}
}

func badRequest(message string) *rejection {
	return &rejection{status: http.StatusBadRequest, code: errcodes.BadRequest, message: message}
}

// reject answers r with one error and no data.
func reject(w http.ResponseWriter, r *http.Request, m mediaType, f *rejection) {
	if n := notes.Of(r.Context()); n != nil {
		n.Codes, n.Limit = []string{f.code}, f.limit
	}
	writeAnswer(w, m, f.status, &graphql.Response{Errors: gqlerror.List{{
		Message:    f.message,
		Extensions: map[string]any{"code": f.code},
	}}})
}

// acceptFormats negotiates the media types. It rejects a client that accepts none of ours.
func acceptFormats(w http.ResponseWriter, r *http.Request) (acceptedFormats, bool) {
	a := negotiateFormats(r)
	if a.single != mediaNone {
		return a, true
	}
	reject(w, r, mediaJSON, &rejection{status: http.StatusNotAcceptable, code: errcodes.BadRequest,
		message: "Accept must allow application/graphql-response+json or application/json; for a subscription, text/event-stream"})
	return a, false
}
