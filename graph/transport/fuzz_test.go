package transport_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

// FuzzRequest checks that no request makes the transport panic, answer with an unknown status, or
// write an invalid answer.
func FuzzRequest(f *testing.F) {
	for _, body := range []string{
		`{"query":"{hello}"}`,
		`{"query":"query($t:String!){echo(text:$t)}","variables":{"t":"\ud800"}}`,
		`{"query":"{item{... @defer(label:\"a\"){slow parent{id}}}}","operationName":null}`,
		`{"documentId":"sha256:00"}`,
		`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`,
		`{"extensions":{"persistedQuery":[]}}`,
		`[{"query":"{hello}"}]`,
		"\xef\xbb\xbf{}",
		`{"query":"{boom broken brokenRequired}"}`,
	} {
		f.Add("POST", "application/json", asGraphQL, body)
		f.Add("POST", "application/json;charset=utf-8", apolloAccept, body)
		f.Add("GET", "", "*/*;q=0.1,application/json;q=0", "query="+url.QueryEscape(body))
	}
	f.Add("GET", "", "", "query=%7Bhello%7D&variables=%7B%7D&extensions=null")
	f.Add("GET", "", "multipart/mixed", "query={item{...@defer{slow}}}")

	known := []int{200, 204, 400, 405, 406, 413, 414, 415}
	h := newHandler(&testschema.Resolver{}, transport.Options{MaxBody: 4096})
	f.Fuzz(func(t *testing.T, method, contentType, accept, text string) {
		if method != "GET" && method != "HEAD" && method != "POST" && method != "OPTIONS" {
			method = "DELETE"
		}
		r := httptest.NewRequest(method, "/", strings.NewReader(text))
		if method != "POST" {
			r = httptest.NewRequest(method, "/", http.NoBody)
			r.URL.RawQuery = text
		}
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if !slices.Contains(known, w.Code) {
			t.Fatalf("status %d", w.Code)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "multipart/mixed") || w.Code == 204 {
			return
		}
		a := answer{status: w.Code, header: w.Header(), body: w.Body.String()}
		a.parse(t)
	})
}
