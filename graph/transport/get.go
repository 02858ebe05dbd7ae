package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

var _ graphql.Transport = GET{}

// GET serves queries in the URL, for GET and HEAD. It rejects mutations, because a link must not
// change anything.
type GET struct{ Options }

// Supports reports whether r is a GET or HEAD.
func (GET) Supports(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// Do answers r.
func (t GET) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	formats, ok := acceptFormats(w, r)
	if !ok {
		return
	}
	start := graphql.Now()
	req, bad := t.read(r)
	if bad != nil {
		reject(w, r, formats.single, bad)
		return
	}
	req.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	t.executeRequest(w, r, exec, formats, req)
}

func (t GET) read(r *http.Request) (*request, *rejection) {
	if int64(len(r.URL.RawQuery)) > t.maxBody() {
		return nil, tooLong(http.StatusRequestURITooLong, LimitBody, "query string", t.maxBody())
	}
	req, bad := parseQuery(r.URL.RawQuery)
	if bad != nil {
		return nil, bad
	}
	return req, req.validate(t.maxDocument())
}
