package edge

import (
	"bytes"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"census-gateway/internal/errcodes"
)

func basic(pair string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

func TestPassThrough(t *testing.T) {
	for _, c := range []struct{ name, header, token string }{
		{"bearer", "Authorization: Bearer " + canary, canary},
		{"basic", basic("bearer:" + canary), canary},
		{"4096 bytes", "Authorization: Bearer " + strings.Repeat("x", maxCredential-7), strings.Repeat("x", maxCredential-7)},
		{"4097 bytes", "Authorization: Bearer " + strings.Repeat("x", maxCredential-6), ""},
		{"9 KB", "Authorization: Bearer " + strings.Repeat("x", 9<<10), ""},
		{"none", "Accept: */*", ""},
		{"api key header", "X-API-Key: " + canary, ""},
		{"CR LF", "Authorization: Bearer a\r\nX-Evil: 1", ""},
		{"LF", "Authorization: Bearer a\x0ab", ""},
		{"NUL", "Authorization: Bearer a\x00b", ""},
		{"DEL", "Authorization: Bearer a\x7fb", ""},
		{"tab", "Authorization: Bearer a\tb", ""},
		{"8 bit", "Authorization: Bearer a\xe9b", ""},
		{"UTF-8", "Authorization: Bearer é", ""},
		{"two words", "Authorization: Bearer a b", ""},
		{"basic other user", basic("admin:" + canary), ""},
		{"basic without colon", basic("bearer"), ""},
		{"basic empty", basic("bearer:"), ""},
		{"basic CR LF", basic("bearer:a\r\nb"), ""},
		{"basic 8 bit", basic("bearer:a\xe9"), ""},
		{"basic not base64", "Authorization: Basic ###", ""},
		{"digest", "Authorization: Digest abc", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			caller, err := PassThrough(request("POST", "/graphql", c.header))
			if c.token == "" {
				if why := asRefusal(err); err == nil || why.Status != 401 || !caller.Token.IsZero() {
					t.Errorf("got %v, %v", caller, err)
				}
				return
			}
			if err != nil || caller.Token.Reveal() != c.token {
				t.Fatalf("got %v, %v", caller, err)
			}
			if caller.ID != "token:"+tokenID(c.token) || len(tokenID(c.token)) != 32 || strings.Contains(HashKey(c.token), tokenID(c.token)) {
				t.Errorf("ID %q", caller.ID)
			}
		})
	}
	if _, err := PassThrough(request("POST", "/", "Authorization: Bearer a", "Authorization: Bearer b")); err == nil {
		t.Error("a request with two tokens was accepted")
	}
	one, _ := PassThrough(request("POST", "/", "Authorization: Bearer "+canary))
	two, _ := PassThrough(request("POST", "/", basic("bearer:"+canary)))
	if one.ID != two.ID {
		t.Error("the same token in two forms gives two callers")
	}
}

func TestAny(t *testing.T) {
	is := func(id string) Authenticator {
		return func(r *http.Request) (Caller, error) {
			if r.Header.Get("Who") == id {
				return Caller{ID: id}, nil
			}
			return Caller{}, errors.New("not " + id)
		}
	}
	forbids := func(r *http.Request) (Caller, error) {
		if r.Header.Get("Who") == "known" {
			return Caller{}, &Refusal{Status: 403, Code: errcodes.Forbidden, Message: "no"}
		}
		return Caller{}, unauthenticated(ForKey, nil)
	}
	any := Any(is("a"), forbids, is("b"))
	for who, want := range map[string]string{"a": "a", "b": "b", "c": errcodes.Unauthenticated, "known": errcodes.Forbidden} {
		caller, err := any(request("GET", "/", "Who: "+who))
		got := caller.ID
		if err != nil {
			got = asRefusal(err).Code
		}
		if got != want {
			t.Errorf("%s: %s (%v), want %s", who, got, err, want)
		}
	}
	if _, err := Any()(request("GET", "/")); err == nil {
		t.Error("Any() without authenticators accepted a request")
	}
	if c, err := Open(request("GET", "/")); err != nil || c.ID != Anonymous {
		t.Error("Open:", c, err)
	}
}

func TestNoOutputContainsTokens(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	keys, _ := ParseKeys("ci:" + HashKey("good"))
	set, _ := NewKeys(keys)
	panics := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		caller, _ := CallerFrom(r.Context())
		logger.Info("serving", "caller", caller)
		panic(caller)
	})
	token := "Authorization: Bearer " + canary
	for _, by := range []Authenticator{set.Authenticate, PassThrough, Any(set.Authenticate, PassThrough), Open} {
		h := Chain(panics, RequestID, SecurityHeaders, Recover(logger, nil), CheckHost("example.com"), CORS(Origins{}), CSRF(Origins{}),
			Authenticate(by), NewRates(RateLimit{1, 1}).Middleware, NewInFlight(1).Middleware)
		for range 2 { // the second one meets the rate limit
			for _, headers := range [][]string{{token}, {"X-API-Key: " + canary}, {token, "Origin: https://" + "CANARY.test"},
				{token, "Host: CANARY.test"}, {token, "X-Request-Id: " + canary}, {basic("bearer:" + canary)}, {basic("CANARY:" + canary)},
				{"Authorization: " + canary}} {
				var dump strings.Builder
				serve(h, request("POST", "/graphql", headers...)).Write(&dump)
				if strings.Contains(dump.String(), "CANARY") {
					t.Errorf("%v: the answer shows the token:\n%s", headers, dump.String())
				}
			}
		}
	}
	if strings.Contains(log.String(), "CANARY") {
		t.Errorf("the log shows the token:\n%s", log.String())
	}
	if !strings.Contains(log.String(), "handler panicked") {
		t.Error("the log shows nothing at all")
	}
}

func FuzzAuthorization(f *testing.F) {
	for _, seed := range []string{"", "Bearer", "Bearer ", "Bearer x", "bearer  x", "Basic YmVhcmVyOng=", "Basic YmVhcmVyOg==",
		"Basic =", " Bearer x", "Bearer x y", "Bearer \x00", "Bearer \xff", "Basic \r\n", strings.Repeat("B", 5000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		h := http.Header{"Authorization": {value}}
		token, err := bearerToken(h)
		if err == nil && (!printable(token) || !strings.HasSuffix(value, token) || len(value) > maxCredential) {
			t.Errorf("bearer of %q is %q", value, token)
		}
		census, errCensus := censusToken(h)
		if errCensus == nil && (!printable(census) || len(census) > len(value)) {
			t.Errorf("token of %q is %q", value, census)
		}
		if err == nil && (errCensus != nil || census != token) {
			t.Errorf("%q is two tokens: %q, %q", value, token, census)
		}
		if err != nil && token != "" || errCensus != nil && census != "" {
			t.Error("a token together with an error")
		}
	})
}
