package graphiql

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A browser that opens the address of the API gets the page; programs get the API.
func TestForBrowsers(t *testing.T) {
	h := ForBrowsers(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	const firefox = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, tt := range []struct {
		method, target, accept string
		page                   string // "": the API answers
	}{
		{"GET", "/graphql", firefox, "./"}, {"HEAD", "/graphql", "Text/HTML", "./"}, {"GET", "/census/graphql", firefox, "./"}, {"GET", "/graphql/", firefox, "../"},
		{"GET", "/graphql?query={__typename}", firefox, ""}, {"GET", "/graphql?extensions={}", firefox, ""}, {"POST", "/graphql", firefox, ""},
		{"GET", "/graphql", "*/*", ""}, {"GET", "/graphql", "", ""}, {"GET", "/graphql", "application/json, text/html", ""},
		{"GET", "/graphql", "application/graphql-response+json,text/html", ""},
	} {
		r := httptest.NewRequest(tt.method, "http://localhost"+tt.target, nil)
		r.Header.Set("Accept", tt.accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch {
		case tt.page != "" && (w.Code != http.StatusSeeOther || w.Header().Get("Location") != tt.page || w.Header().Get("Vary") != "Accept"):
			t.Errorf("%s %s, %s: %d %v", tt.method, tt.target, tt.accept, w.Code, w.Header())
		case tt.page == "" && w.Code != http.StatusTeapot:
			t.Errorf("%s %s, %s: %d", tt.method, tt.target, tt.accept, w.Code)
		}
	}
}
