package edge

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"census-gateway/internal/accepts"
	"census-gateway/internal/errcodes"
)

// canary is a token that no output may contain.
const canary = "secret-token:CANARY-7f3a9c"

// served is a handler that answers with the caller.
var served = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	caller, _ := CallerFrom(r.Context())
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"data":{"caller":"`+caller.ID+`"}}`)
})

// request returns a request with headers from "Name: value" lines. Host sets the host.
func request(method, target string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Add(name, value)
	}
	return r
}

func serve(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// checkRefusal checks that res is a refusal with that status and code.
func checkRefusal(t *testing.T, res *http.Response, status int, code string) {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Data   any
		Errors []struct {
			Message    string
			Extensions struct {
				Code              string
				RetryAfterSeconds int
			}
		}
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatalf("status %d, not JSON: %s", res.StatusCode, body)
	}
	if res.StatusCode != status || len(got.Errors) != 1 || got.Errors[0].Extensions.Code != code {
		t.Fatalf("got %d %s, want %d %s", res.StatusCode, body, status, code)
	}
	if got.Errors[0].Message == "" {
		t.Error("no message")
	}
	h := res.Header
	if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("refusal without nosniff or no-store: %v", h)
	}
	if (h.Get("Retry-After") != "") != (got.Errors[0].Extensions.RetryAfterSeconds > 0) {
		t.Errorf("Retry-After %q beside %s", h.Get("Retry-After"), body)
	}
}

func checkPassed(t *testing.T, res *http.Response) {
	t.Helper()
	if res.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(res.Body)
		t.Fatalf("got %d %s, want 200", res.StatusCode, body)
	}
}

func TestChain(t *testing.T) {
	var order string
	layer := func(name string) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				order += name
				next.ServeHTTP(w, r)
			})
		}
	}
	serve(Chain(served, layer("a"), nil, layer("b")), request("GET", "/"))
	if order != "ab" {
		t.Errorf("order %q, want ab", order)
	}
}

func TestRefusalMediaType(t *testing.T) {
	for accept, want := range map[string]string{
		"":          "application/json",
		"text/html": "application/json",
		accepts.GraphQL + ", application/json;q=0.9": accepts.GraphQL,
		accepts.GraphQL + ";q=0.4, application/json": "application/json",
	} {
		r := request("POST", "/graphql", "Accept: "+accept)
		w := httptest.NewRecorder()
		Refuse(w, r, &Refusal{Status: 403, Code: errcodes.Forbidden, Message: `no <b>"</b>`})
		if got := w.Header().Get("Content-Type"); got != want+"; charset=utf-8" {
			t.Errorf("Accept %q: %q, want %q", accept, got, want)
		}
		checkRefusal(t, w.Result(), 403, errcodes.Forbidden)
	}
}
