package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

// A fault is a request that is refused before it is executed.
type fault struct {
	status  int
	code    string
	message string // for the client; holds nothing of what it sent
}

func badRequest(message string) *fault {
	return &fault{http.StatusBadRequest, errcodes.BadRequest, message}
}

// refuse answers with one error and no data.
func refuse(w http.ResponseWriter, m media, f *fault) {
	writeAnswer(w, m, f.status, &graphql.Response{Errors: gqlerror.List{{
		Message:    f.message,
		Extensions: map[string]any{"code": f.code},
	}}})
}

// accept negotiates, and refuses a client that takes nothing we have.
func accept(w http.ResponseWriter, r *http.Request) (accepted, bool) {
	a := negotiate(r)
	if a.plain != mediaNone {
		return a, true
	}
	refuse(w, mediaJSON, &fault{http.StatusNotAcceptable, errcodes.BadRequest,
		"answers are application/json or application/graphql-response+json: accept one of them"})
	return a, false
}
