package edge

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// signature returns the X-Signature that Census sends.
func signature(secret, body string) string {
	sum := hmac.New(sha256.New, []byte(secret))
	io.WriteString(sum, body)
	return base64.StdEncoding.EncodeToString(sum.Sum(nil))
}

// Only a request signed by one of the secrets passes, with its complete body.
func TestSigned(t *testing.T) {
	// openssl dgst -sha256 -hmac new -binary | base64
	if got := signature("new", `{"event":"sync.failed"}`); got != "lW3Z7i93BfnGO0INlBugshNfbrc+lvsuckJpEMVufhY=" {
		t.Errorf("signed as %s", got)
	}
	const event = `{"event":"sync.failed"}`
	long := strings.Repeat("x", maxSigned)
	for _, c := range []struct {
		name, method, body, signature string
		status                        int
	}{
		{"new secret", "POST", event, signature("new", event), 204},
		{"old secret", "POST", event, signature("old", event), 204},
		{"empty", "POST", "", signature("new", ""), 204},
		{"longest", "POST", long, signature("new", long), 204},
		{"too long", "POST", long + "x", signature("new", long+"x"), 413},
		{"too long and unsigned", "POST", long + "x", signature("none", long+"x"), 413},
		{"unsigned", "POST", event, "", 401},
		{"other secret", "POST", event, signature("other", event), 401},
		{"no secret", "POST", event, signature("", event), 401},
		{"both secrets", "POST", event, signature("old,new", event), 401},
		{"other body", "POST", event + " ", signature("new", event), 401},
		{"part of a signature", "POST", event, signature("new", event)[:40], 401},
		{"hex", "POST", event, strings.Repeat("ab", 32), 401},
		{"no base64", "POST", event, "!" + signature("new", event)[1:], 401},
		{"read", "GET", "", signature("new", ""), 405},
		{"put", "PUT", event, signature("new", event), 405},
	} {
		var got string
		h := Signed([]string{"old", "new"})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			got = string(body)
			w.WriteHeader(204)
		}))
		r := httptest.NewRequest(c.method, "/", strings.NewReader(c.body))
		r.Header.Set("X-Signature", c.signature)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || w.Code == 204 && got != c.body || w.Code != 204 && got != "" {
			t.Errorf("%s: %d, want %d, with %.40q", c.name, w.Code, c.status, got)
		}
		if strings.Contains(w.Body.String(), "old") || strings.Contains(w.Body.String(), "new") {
			t.Errorf("%s: the answer contains %s", c.name, w.Body)
		}
	}
}
