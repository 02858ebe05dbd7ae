package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/internal/notes"
)

var _ graphql.Transport = POST{}

// POST serves queries and mutations in a JSON object.
type POST struct{ Options }

// Supports reports whether r is a POST.
func (POST) Supports(r *http.Request) bool { return r.Method == http.MethodPost }

// Do answers r.
func (t POST) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	formats, ok := acceptFormats(w, r)
	if !ok {
		return
	}
	start := graphql.Now()
	req, bad := t.read(w, r)
	if bad != nil {
		reject(w, r, formats.single, bad)
		return
	}
	req.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	t.executeRequest(w, r, exec, formats, req)
}

func (t POST) read(w http.ResponseWriter, r *http.Request) (*request, *rejection) {
	if bad := checkType(r.Header); bad != nil {
		return nil, bad
	}
	var body []byte
	if known := notes.Of(r.Context()); known != nil && known.Body != nil && int64(len(known.Body)) <= t.maxBody() {
		body = known.Body
	} else {
		buf := getBuffer()
		defer putBuffer(buf)
		if bad := readBody(w, r, t.maxBody(), buf); bad != nil {
			return nil, bad
		}
		body = buf.Bytes()
	}
	req, bad := parseBody(body)
	if bad != nil {
		return nil, bad
	}
	return req, req.validate(t.maxDocument())
}
