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

// OPTIONS answers OPTIONS requests with the allowed methods. It does not answer CORS preflights,
// which a layer in front of this package handles.
type OPTIONS struct{}

// Supports reports whether r is an OPTIONS request.
func (OPTIONS) Supports(r *http.Request) bool { return r.Method == http.MethodOptions }

// Do answers 204 with Allow.
func (OPTIONS) Do(w http.ResponseWriter, _ *http.Request, _ graphql.GraphExecutor) {
	w.Header().Set("Allow", allowedMethods)
	w.WriteHeader(http.StatusNoContent)
}

// NotAllowed rejects every request. Add it last, for the methods that no other transport
// supports.
type NotAllowed struct{}

// Supports returns true.
func (NotAllowed) Supports(*http.Request) bool { return true }

// Do answers 405 with Allow, in the media type the client accepts, or as application/json if it
// accepts none of ours.
func (NotAllowed) Do(w http.ResponseWriter, r *http.Request, _ graphql.GraphExecutor) {
	w.Header().Set("Allow", allowedMethods)
	m := negotiateFormats(r).single
	if m == mediaNone {
		m = mediaJSON
	}
	reject(w, r, m, &rejection{status: http.StatusMethodNotAllowed, code: errcodes.BadRequest, message: "use POST or GET for GraphQL"})
}
