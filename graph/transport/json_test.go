package transport

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzJSON compares the parser of requests with encoding/json.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, ` `, `null`, `-0.5E+7`, `01`, `tru`, `"\u00e9\ud800\n"`, `"\u12"`, `"\x"`, `"`, "\"\t\"", `{"a":1,}`, `[1,]`, `{,}`, `{"a" 1}`, `{"a":}`, `{1:2}`,
		`{"a":[1,{"b":"}"}],"c":null,"c":true}`, `{"query":"{ sync(id: \"52\") { label } }","variables":{"id":9007199254740993,"list":["a",[],{}]}}`, `{} {}`, `[[[]]]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b := []byte(text)
		n := skipValue(b, anyDepth)
		if valid := json.Valid(b) && (len(b) == 0 || !strings.ContainsRune(" \t\r\n", rune(b[0]))); (len(space(b[max(n, 0):])) == 0 && n >= 0) != valid {
			t.Fatalf("%q: skip %d, encoding/json says %v", text, n, valid)
		}
		if n < 0 || !utf8.Valid(b) {
			return
		}
		if deep := maxNesting(b[:n]); skipValue(b, deep) != n || deep > 0 && skipValue(b, deep-1) != -1 {
			t.Fatalf("%q is nested %d deep", text, deep)
		}
		dec := json.NewDecoder(bytes.NewReader(b[:n]))
		dec.UseNumber()
		var want any
		if err := dec.Decode(&want); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got := decode(b[:n]); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %#v, want %#v", text, got, want)
		}
	})
}

func TestJSONIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                       "",
		"\xff":                     "the request is not valid UTF-8",
		`{} {}`:                    "the request has data after its JSON value",
		`{`:                        "the request is not valid JSON",
		``:                         "the request is not valid JSON",
		strings.Repeat("[", 1<<18): "the request is nested too deep",
		strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth):     "",
		strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1): "the request is nested too deep",
		strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth-1):   "the request is not valid JSON",
	} {
		got := ""
		if bad := checkJSON([]byte(text)); bad != nil {
			got = bad.message
		}
		if got != want {
			t.Errorf("%.20q: %q, want %q", text, got, want)
		}
	}
}
