package documents

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

const hello = "{hello}"

// ask runs the extension over one request, and gives the text found and the
// code of the refusal.
func ask(t *testing.T, p Persisted, id, query, extensions string) (text, code string) {
	t.Helper()
	params := &graphql.RawParams{Query: query}
	dec := json.NewDecoder(strings.NewReader(extensions))
	dec.UseNumber()
	if err := dec.Decode(&params.Extensions); err != nil {
		t.Fatal(err)
	}
	if err := p.MutateOperationParameters(WithID(context.Background(), id), params); err != nil {
		code, _ = err.Extensions["code"].(string)
	}
	return params.Query, code
}

func persisted(hash string) string {
	return `{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`
}

func TestAutomatic(t *testing.T) {
	p := Persisted{Automatic: NewTexts()}
	hash := hashOf(hello)
	steps := []struct{ name, query, extensions, text, code string }{
		{"plain", hello, `null`, hello, ""},
		{"other extension", hello, `{"some":"value"}`, hello, ""},
		{"null", hello, `{"persistedQuery":null}`, hello, ""},
		{"unknown", "", persisted(hash), "", codeNotFound},
		{"wrong hash", "{other}", persisted(hash), "{other}", codeBadRequest},
		{"wrong hash left nothing", "", persisted(hash), "", codeNotFound},
		{"register", hello, persisted(hash), hello, ""},
		{"known", "", persisted(hash), hello, ""},
		{"upper case is another hash", "", persisted(strings.ToUpper(hash)), "", codeNotFound},
		{"version 2", "", `{"persistedQuery":{"version":2,"sha256Hash":"` + hash + `"}}`, "", codeBadRequest},
		{"version text", "", `{"persistedQuery":{"version":"1","sha256Hash":"` + hash + `"}}`, "", codeBadRequest},
		{"version 1.0", "", `{"persistedQuery":{"version":1.0,"sha256Hash":"` + hash + `"}}`, hello, ""},
		{"no version", "", `{"persistedQuery":{"sha256Hash":"` + hash + `"}}`, "", codeBadRequest},
		{"number", "", `{"persistedQuery":{"version":1,"sha256Hash":7}}`, "", codeBadRequest},
		{"no hash", "", `{"persistedQuery":{"version":1}}`, "", codeBadRequest},
		{"empty hash", hello, persisted(""), hello, codeBadRequest},
		{"long hash", hello, persisted(strings.Repeat("a", 257)), hello, codeBadRequest},
		{"list", hello, `{"persistedQuery":[1]}`, hello, codeBadRequest},
		{"text", hello, `{"persistedQuery":"x"}`, hello, codeBadRequest},
		{"false", hello, `{"persistedQuery":false}`, hello, codeBadRequest},
	}
	for _, s := range steps {
		if text, code := ask(t, p, "", s.query, s.extensions); text != s.text || code != s.code {
			t.Errorf("%s: got %q %q, want %q %q", s.name, text, code, s.text, s.code)
		}
	}
}

func TestTrusted(t *testing.T) {
	trusted, err := LoadTrusted(write(t, "manifest.json", `{"runs-1":"query Runs{runs}","h":"{hello}"}`))
	if err != nil {
		t.Fatal(err)
	}
	const runs = "query Runs{runs}"
	open := Persisted{Trusted: trusted, Automatic: NewTexts()}
	only := Persisted{Trusted: trusted, Automatic: NewTexts(), RequireTrusted: true}
	steps := []struct {
		name                  string
		p                     Persisted
		id, query, extensions string
		text, code            string
	}{
		{"id", open, "runs-1", "", "null", runs, ""},
		{"hash as id", open, hashOf(runs), "", "null", runs, ""},
		{"prefixed hash", open, "sha256:" + hashOf(runs), "", "null", runs, ""},
		{"id as hash", open, "", "", persisted("runs-1"), runs, ""},
		{"hash", open, "", "", persisted(hashOf(runs)), runs, ""},
		{"unknown id", open, "runs-2", "", "null", "", codeNotFound},
		{"unknown hash", open, "", "", persisted("00"), "", codeNotFound},
		{"both", open, "runs-1", "", persisted("h"), "", codeBadRequest},
		{"free text", open, "", "{other}", "null", "{other}", ""},
		{"required: id", only, "runs-1", "", "null", runs, ""},
		{"required: hash", only, "", "", persisted(hashOf(runs)), runs, ""},
		{"required: hash and its text", only, "", runs, persisted(hashOf(runs)), runs, ""},
		{"required: hash and other text", only, "", hello, persisted(hashOf(runs)), hello, codeBadRequest},
		{"required: unknown id", only, "runs-2", "", "null", "", codeNotFound},
		{"required: unknown hash", only, "", "", persisted(hashOf("{other}")), "", codeNotFound},
		{"required: register", only, "", "{other}", persisted(hashOf("{other}")), "{other}", codeForbidden},
		{"required: free text", only, "", "{other}", "null", "{other}", codeForbidden},
		{"required: trusted text without its hash", only, "", runs, "null", runs, codeForbidden},
	}
	for _, s := range steps {
		if text, code := ask(t, s.p, s.id, s.query, s.extensions); text != s.text || code != s.code {
			t.Errorf("%s: got %q %q, want %q %q", s.name, text, code, s.text, s.code)
		}
	}
	if (Persisted{RequireTrusted: true}).Validate(nil) == nil {
		t.Error("trusted documents are required and none given: no error")
	}
}
