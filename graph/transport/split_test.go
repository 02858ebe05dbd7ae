package transport

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzSplit holds the reader of objects against encoding/json.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` `, `{"a":1}`, `{ "a" : [1,{"b":"}"}] , "c":null}`, `{"a\"":"\\","é":{"x":{}}}`, `{"a":1 }`, `{"a":[]}`, `{"a":"","b":-1.5e3,"c":true}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // refused before it comes here
		}
		list, ok := splitObject([]byte(text))
		var want map[string]json.RawMessage
		err := json.Unmarshal([]byte(text), &want)
		if ok != (err == nil && len(text) > 0 && text[0] == '{') {
			t.Fatalf("%q: ok is %v, encoding/json says %v", text, ok, err)
		}
		if !ok {
			return
		}
		got := map[string]json.RawMessage{}
		for _, m := range list {
			got[m.key] = m.value
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}
