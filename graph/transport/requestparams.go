package transport

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/documents"
)

// maxDepth limits the nesting of objects and lists in a request, counted from its outermost
// object. No useful input type comes close.
const maxDepth = 100

// A request holds the parameters of a POST or GET.
type request struct {
	graphql.RawParams
	documentID string // of a trusted document; "" if none was sent
}

// parseBody parses the JSON object of a POST. Names are matched exactly, and unknown names are
// ignored (GraphQL over HTTP, "Request Parameters"). A repeated known name is rejected, since
// parsers differ in which value they use. So is half of a surrogate pair: encoding/json would
// replace it with U+FFFD, which changes the text.
func parseBody(body []byte) (*request, *rejection) {
	body = bytes.Trim(body, " \t\r\n")
	switch {
	case len(body) == 0:
		return nil, badRequest("the request body is empty: send a JSON object with a query")
	case body[0] == '[':
		return nil, badRequest("batches are not supported; send one operation in each request")
	}
	if bad := checkJSON(body); bad != nil {
		return nil, bad
	}
	if body[0] != '{' {
		return nil, badRequest("the request body is not a JSON object")
	}
	req := new(request)
	var seen [len(paramNames)]bool
	for key, value := range members(body) {
		n := paramIndex(key)
		if n < 0 {
			continue
		}
		if seen[n] {
			return nil, badRequest(paramNames[n] + " is given twice")
		}
		seen[n] = true
		if bad := req.setParam(n, value); bad != nil {
			return nil, bad
		}
	}
	return req, nil
}

// parseQuery parses the parameters of a GET, of which variables and extensions are JSON. An empty
// parameter counts as absent.
func parseQuery(raw string) (*request, *rejection) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, badRequest("the URL parameters are not well-formed")
	}
	req := new(request)
	for n, name := range paramNames {
		given := values[name]
		if len(given) > 1 {
			return nil, badRequest(name + " is given twice")
		}
		if len(given) == 0 || given[0] == "" {
			continue
		}
		if !utf8.ValidString(given[0]) {
			return nil, badRequest(name + " is not valid UTF-8")
		}
		if n < firstObjectParam {
			*req.textParam(n) = given[0]
			continue
		}
		value := bytes.Trim([]byte(given[0]), " \t\r\n")
		if bad := checkJSON(value); bad != nil {
			return nil, bad
		}
		if bad := req.setParam(n, value); bad != nil {
			return nil, bad
		}
	}
	return req, nil
}

// paramNames lists the parameters of a request. Those from firstObjectParam on are objects.
var paramNames = [...]string{"query", "operationName", "documentId", "variables", "extensions"}

const firstObjectParam = 3

// paramIndex returns the index in names of key, which is in quotes; -1 if it is unknown.
func paramIndex(key []byte) int {
	if bytes.IndexByte(key, '\\') >= 0 {
		return slices.Index(paramNames[:], unquote(key))
	}
	for n, name := range paramNames {
		if string(key[1:len(key)-1]) == name {
			return n
		}
	}
	return -1
}

// setParam stores the value of parameter n, which must be valid JSON. Null counts as absent.
func (req *request) setParam(n int, value []byte) *rejection {
	switch {
	case value[0] == 'n':
	case n < firstObjectParam:
		if value[0] != '"' {
			return badRequest(paramNames[n] + " is not a string")
		}
		*req.textParam(n) = unquote(value)
	case value[0] != '{':
		return badRequest(paramNames[n] + " is not an object")
	default:
		*[]*map[string]any{&req.Variables, &req.Extensions}[n-firstObjectParam] = decodeObject(value)
	}
	return nil
}

// textParam returns where parameter n is stored. n must be below firstObjectParam.
func (req *request) textParam(n int) *string {
	switch n {
	case 0:
		return &req.Query
	case 1:
		return &req.OperationName
	}
	return &req.documentID
}

// validate rejects well-formed parameters that are not a valid request.
func (req *request) validate(maxDocument int) *rejection {
	switch {
	case len(req.Query) > maxDocument:
		return tooLong(http.StatusRequestEntityTooLarge, LimitDocument, "document", int64(maxDocument))
	case req.Query != "" && req.documentID != "":
		return badRequest("send either query or documentId, not both")
	case req.Query == "" && req.documentID == "" && req.Extensions["persistedQuery"] == nil:
		return badRequest("the request has no query")
	}
	return nil
}

// checkJSON rejects text other than one JSON value in UTF-8, nested at most maxDepth deep.
func checkJSON(text []byte) *rejection {
	n := skipValue(text, maxDepth)
	switch {
	case !utf8.Valid(text):
		return badRequest("the request is not valid UTF-8")
	case n == len(text):
		if bytes.Contains(text, []byte(`\u`)) {
			if documents.HalfSurrogate(string(text)) >= 0 {
				return badRequest("the request contains half of a surrogate pair")
			}
		}
		return nil
	case n >= 0:
		return badRequest("the request has data after its JSON value")
	case maxNesting(text) > maxDepth:
		return badRequest("the request is nested too deep")
	}
	return badRequest("the request is not valid JSON")
}

// maxNesting returns the maximum nesting in text, which is exact if text is JSON.
func maxNesting(text []byte) (deepest int) {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}
