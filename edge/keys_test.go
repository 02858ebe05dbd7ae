package edge

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"census-gateway/internal/errcodes"
)

func TestKeys(t *testing.T) {
	file := "# who\n\nci  " + HashKey("key-of-ci") + "\n\tops " + strings.ToUpper(HashKey("key-of-ops")) + " \n"
	keys, err := ReadKeys(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	more, err := ParseKeys(" ci:" + HashKey("next-key-of-ci") + ", ,web:" + HashKey("key-of-web"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewKeys(append(keys, more...))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, header, want string }{
		{"bearer", "Authorization: Bearer key-of-ci", "key:ci"},
		{"scheme in other case, two spaces", "Authorization: bEaReR  key-of-ci", "key:ci"},
		{"second key of a name", "Authorization: Bearer next-key-of-ci", "key:ci"},
		{"own header", "X-API-Key: key-of-ops", "key:ops"},
		{"from the list", "X-API-Key: key-of-web", "key:web"},
		{"own header first", "X-API-Key: key-of-ops\nAuthorization: Bearer something-else", "key:ops"},
		{"none", "", ""},
		{"unknown", "Authorization: Bearer key-of-c", ""},
		{"longer", "Authorization: Bearer key-of-ci2", ""},
		{"name", "Authorization: Bearer ci", ""},
		{"hash", "Authorization: Bearer " + HashKey("key-of-ci"), ""},
		{"empty", "Authorization: Bearer ", ""},
		{"no space", "Authorization: Bearerkey-of-ci", ""},
		{"no scheme", "Authorization: key-of-ci", ""},
		{"basic", "Authorization: Basic a2V5LW9mLWNp", ""},
		{"twice", "Authorization: Bearer key-of-ci\nAuthorization: Bearer key-of-ci", ""},
		{"own header twice", "X-API-Key: key-of-ops\nX-API-Key: key-of-ops", ""},
		{"own header empty beside a good one", "X-API-Key: \nAuthorization: Bearer key-of-ci", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			caller, err := set.Authenticate(request("POST", "/graphql", lines(c.header)...))
			if c.want == "" {
				var why *Refusal
				if !errors.As(err, &why) || why.Status != 401 || why.Code != errcodes.Unauthenticated || caller.ID != "" {
					t.Errorf("got %q, %v", caller.ID, err)
				}
			} else if err != nil || caller.ID != c.want || !caller.Token.IsZero() {
				t.Errorf("got %q, %v, want %q", caller.ID, err, c.want)
			}
		})
	}
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func TestInvalidKeys(t *testing.T) {
	good := HashKey("x")
	for name, file := range map[string]string{
		"plain key":   "ci " + canary,
		"short hash":  "ci abcd",
		"three words": "ci " + good + " x",
		"bad name":    "c/i " + good,
		"long name":   strings.Repeat("n", 65) + " " + good,
		"empty key":   "ci " + HashKey(""),
		"one word":    good,
		"endless":     strings.Repeat("x", 1<<17),
	} {
		if _, err := ReadKeys(strings.NewReader(file)); err == nil {
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
	for _, list := range []string{"ci", "ci:", ":" + good, "ci:" + canary, "ci:" + good + ":" + good} {
		if _, err := ParseKeys(list); err == nil || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%q: %v", list, err)
		}
	}
	if _, err := NewKeys(nil); err == nil {
		t.Error("an empty set was accepted")
	}
	twice, _ := ParseKeys("a:" + good + ",b:" + good)
	if _, err := NewKeys(twice); err == nil {
		t.Error("one key under two names was accepted")
	}
}

func TestNewAPIKey(t *testing.T) {
	a, b := NewAPIKey(), NewAPIKey()
	if a == b || len(a) < 40 || !printable(a) || len(HashKey(a)) != 64 {
		t.Errorf("keys %q, %q", a, b)
	}
}

func TestUnauthenticatedAnswersAreEqual(t *testing.T) {
	keys, _ := ParseKeys("ci:" + HashKey("good"))
	set, _ := NewKeys(keys)
	h := Authenticate(set.Authenticate)(served)
	var first string
	for _, header := range []string{"Authorization: Bearer wrong", "Authorization: nonsense", "X-API-Key: ci", "Authorization: Bearer " + canary} {
		res := serve(h, request("POST", "/graphql", lines(header)...))
		if got := res.Header.Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer ") {
			t.Errorf("WWW-Authenticate %q", got)
		}
		var dump strings.Builder
		res.Write(&dump)
		if first == "" {
			first = dump.String()
		} else if dump.String() != first {
			t.Errorf("%q is answered differently:\n%s\n%s", header, dump.String(), first)
		}
		checkRefusal(t, serve(h, request("POST", "/graphql", lines(header)...)), http.StatusUnauthorized, errcodes.Unauthenticated)
	}
	checkPassed(t, serve(h, request("POST", "/graphql", "X-API-Key: good")))
}

// A byte order mark at the beginning of the file, which some editors write, is not part of a
// name.
func TestReadKeysSkipsAByteOrderMark(t *testing.T) {
	line := "lab " + HashKey("a-key") + "\n"
	for _, text := range []string{"\ufeff" + line, "\ufeff\r\n" + line, "\ufeff# keys\n" + line} {
		keys, err := ReadKeys(strings.NewReader(text))
		if err != nil || len(keys) != 1 || keys[0].Name != "lab" {
			t.Errorf("%q: %v, %v", text, keys, err)
		}
	}
}
