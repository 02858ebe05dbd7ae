package documents

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/internal/errcodes"
)

const hello = "{hello}"

// ask runs the extension for one request. It returns the query found, and the code of the error.
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
	p := Persisted{Automatic: NewTexts(nil)}
	hash := hashOf(hello)
	steps := []struct{ name, query, extensions, text, code string }{
		{"plain", hello, `null`, hello, ""},
		{"other extension", hello, `{"some":"value"}`, hello, ""},
		{"null", hello, `{"persistedQuery":null}`, hello, ""},
		{"unknown", "", persisted(hash), "", errcodes.PersistedQueryNotFound},
		{"wrong hash", "{other}", persisted(hash), "{other}", errcodes.BadRequest},
		{"wrong hash left nothing", "", persisted(hash), "", errcodes.PersistedQueryNotFound},
		{"register", hello, persisted(hash), hello, ""},
		{"known", "", persisted(hash), hello, ""},
		{"upper case is another hash", "", persisted(strings.ToUpper(hash)), "", errcodes.PersistedQueryNotFound},
		{"version 2", "", `{"persistedQuery":{"version":2,"sha256Hash":"` + hash + `"}}`, "", errcodes.BadRequest},
		{"version text", "", `{"persistedQuery":{"version":"1","sha256Hash":"` + hash + `"}}`, "", errcodes.BadRequest},
		{"version 1.0", "", `{"persistedQuery":{"version":1.0,"sha256Hash":"` + hash + `"}}`, hello, ""},
		{"no version", "", `{"persistedQuery":{"sha256Hash":"` + hash + `"}}`, "", errcodes.BadRequest},
		{"number", "", `{"persistedQuery":{"version":1,"sha256Hash":7}}`, "", errcodes.BadRequest},
		{"no hash", "", `{"persistedQuery":{"version":1}}`, "", errcodes.BadRequest},
		{"empty hash", hello, persisted(""), hello, errcodes.BadRequest},
		{"long hash", hello, persisted(strings.Repeat("a", 257)), hello, errcodes.BadRequest},
		{"list", hello, `{"persistedQuery":[1]}`, hello, errcodes.BadRequest},
		{"text", hello, `{"persistedQuery":"x"}`, hello, errcodes.BadRequest},
		{"false", hello, `{"persistedQuery":false}`, hello, errcodes.BadRequest},
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
	open := Persisted{Trusted: trusted, Automatic: NewTexts(nil)}
	only := Persisted{Trusted: trusted, Automatic: NewTexts(nil), RequireTrusted: true}
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
		{"unknown id", open, "runs-2", "", "null", "", errcodes.PersistedQueryNotFound},
		{"unknown hash", open, "", "", persisted("00"), "", errcodes.PersistedQueryNotFound},
		{"both", open, "runs-1", "", persisted("h"), "", errcodes.BadRequest},
		{"free text", open, "", "{other}", "null", "{other}", ""},
		{"required: id", only, "runs-1", "", "null", runs, ""},
		{"required: hash", only, "", "", persisted(hashOf(runs)), runs, ""},
		{"required: hash and its text", only, "", runs, persisted(hashOf(runs)), runs, ""},
		{"required: hash and other text", only, "", hello, persisted(hashOf(runs)), hello, errcodes.BadRequest},
		{"required: unknown id", only, "runs-2", "", "null", "", errcodes.PersistedQueryNotFound},
		{"required: unknown hash", only, "", "", persisted(hashOf("{other}")), "", errcodes.PersistedQueryNotFound},
		{"required: register", only, "", "{other}", persisted(hashOf("{other}")), "{other}", errcodes.Forbidden},
		{"required: free text", only, "", "{other}", "null", "{other}", errcodes.Forbidden},
		{"required: trusted text without its hash", only, "", runs, "null", runs, errcodes.Forbidden},
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
