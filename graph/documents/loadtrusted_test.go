package documents

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write writes a file into a folder of its own and returns its path.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadFolder(t *testing.T) {
	dir := filepath.Dir(write(t, "Runs.graphql", "query Runs{runs}"))
	for name, content := range map[string]string{
		"Hello.gql": hello, ".hidden.graphql": "{", "README.md": "text", "schema.graphqls": "type Query{a:Int}",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "below.graphql"), 0o700); err != nil {
		t.Fatal(err)
	}
	trusted, err := LoadTrusted(dir)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"Runs": "query Runs{runs}", "Hello": hello, hashOf(hello): hello} {
		if _, text, ok := trusted.Lookup(id); !ok || text != want {
			t.Errorf("%s: %q %v", id, text, ok)
		}
	}
	if len(trusted.byID) != 2 {
		t.Errorf("%d documents", len(trusted.byID))
	}
}

func TestLoadApollo(t *testing.T) {
	trusted, err := LoadTrusted(write(t, "m.json", `{"format":"apollo-persisted-query-manifest","version":1,"operations":[
		{"id":"a1","name":"Runs","type":"query","body":"query Runs{runs}"},{"id":"a2","name":"H","type":"query","body":"{hello}"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, text, ok := trusted.Lookup("a1"); !ok || text != "query Runs{runs}" {
		t.Errorf("%q %v", text, ok)
	}
}

func TestLoadErrors(t *testing.T) {
	apollo := func(rest string) string { return `{"format":"apollo-persisted-query-manifest",` + rest }
	for name, test := range map[string]struct{ content, want string }{
		"not JSON":        {"query{", "not a JSON object"},
		"a list":          {"[]", "not a JSON object"},
		"empty":           {"{}", "contains no documents"},
		"no string":       {`{"a":{"b":1}}`, `"a": the document is not a string`},
		"does not parse":  {`{"a":"{"}`, `"a": the document is not valid GraphQL`},
		"no operation":    {`{"a":"fragment F on Query{a}"}`, `"a": the document has no operation`},
		"no id":           {`{"":"{a}"}`, "no id"},
		"other version":   {apollo(`"version":2,"operations":[]}`), "version 2: expected"},
		"other format":    {`{"format":"x","version":1}`, `format "x"`},
		"no operations":   {apollo(`"version":1}`), "contains no documents"},
		"apollo no parse": {apollo(`"version":1,"operations":[{"id":"7","name":"N","body":"{"}]}`), `operation 0 (id "7", name "N")`},
		"same id":         {apollo(`"version":1,"operations":[{"id":"7","body":"{a}"},{"id":"7","body":"{b}"}]}`), "another document has the same id"},
	} {
		path := write(t, "manifest.json", test.content)
		trusted, err := LoadTrusted(path)
		if err == nil || trusted != nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadTrusted(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("no file: %v", err)
	}
	dir := filepath.Dir(write(t, "Bad.graphql", "query {"))
	if _, err := LoadTrusted(dir); err == nil || !strings.Contains(err.Error(), "Bad.graphql") {
		t.Errorf("a bad file: %v", err)
	}
}

// A byte order mark at the beginning of a file is ignored.
func TestLoadSkipsByteOrderMarks(t *testing.T) {
	for name, content := range map[string]string{
		"folder":   hello,
		"map.json": `{"Hello":"` + hello + `"}`,
		"m.json":   `{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"Hello","name":"H","type":"query","body":"` + hello + `"}]}`,
	} {
		path := write(t, name, byteOrderMark+content)
		if name == "folder" {
			path = filepath.Dir(write(t, "Hello.graphql", byteOrderMark+content))
		}
		trusted, err := LoadTrusted(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, id := range []string{"Hello", hashOf(hello)} {
			if _, text, ok := trusted.Lookup(id); !ok || text != hello {
				t.Errorf("%s, %s: %q %v", name, id, text, ok)
			}
		}
	}
}

// Errors of a document name the place and the character.
func TestLoadNamesInvalidDocuments(t *testing.T) {
	for content, want := range map[string]string{
		"{\n  a\u00a0}":   `input:2:4: Cannot parse the unexpected character U+00A0 (a no-break space).`,
		`{a(b:"\uD83D")}`: `input:1:7: \uD83D is half of a surrogate pair`,
	} {
		if _, err := LoadTrusted(filepath.Dir(write(t, "a.graphql", content))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", content, err, want)
		}
	}
}
