package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/internal/errcodes"
)

var (
	_ graphql.Transport = OPTIONS{}
	_ graphql.Transport = NotAllowed{}
)

// OPTIONS tells which methods are served. It answers no CORS preflight: who
// may ask across origins is decided in front of this package.
type OPTIONS struct{}

// Supports reports whether r is an OPTIONS request.
func (OPTIONS) Supports(r *http.Request) bool { return r.Method == http.MethodOptions }

// Do answers 204 with Allow.
func (OPTIONS) Do(w http.ResponseWriter, _ *http.Request, _ graphql.GraphExecutor) {
	w.Header().Set("Allow", allowed)
	w.WriteHeader(http.StatusNoContent)
}

// NotAllowed refuses every request. It is the last transport of a server, for
// the methods that no other takes.
type NotAllowed struct{}

// Supports is always true.
func (NotAllowed) Supports(*http.Request) bool { return true }

// Do answers 405 with Allow, in the form the client accepts; as application/json if
// it accepts none we have.
func (NotAllowed) Do(w http.ResponseWriter, r *http.Request, _ graphql.GraphExecutor) {
	w.Header().Set("Allow", allowed)
	m := negotiate(r).plain
	if m == mediaNone {
		m = mediaJSON
	}
	refuse(w, r, m, &fault{status: http.StatusMethodNotAllowed, code: errcodes.BadRequest, message: "use POST or GET for GraphQL"})
}
