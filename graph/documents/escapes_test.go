package documents

import (
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"census-gateway/internal/errcodes"
)

// Half of a surrogate pair in a string is rejected, with its position. Elsewhere it is left to
// the parser.
func TestHalvesOfPairsAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{a(b:"\uD83D")}`:                       `input:1:7: \uD83D is half of a surrogate pair; write both halves, or the character itself`,
		`{a(b:"\ude00")}`:                       `input:1:7: \ude00 is half of a surrogate pair; write both halves, or the character itself`,
		"{\n  a(e:1, b:\"ä\\\\\\uD83Dx\")}":     `input:2:16: \uD83D is half of a surrogate pair; write both halves, or the character itself`,
		`{a(b:"\uD83D\uD83D\uDE00")}`:           `input:1:7: \uD83D is half of a surrogate pair; write both halves, or the character itself`,
		`{a(b:"\uDE00\uD83D")}`:                 `input:1:7: \uDE00 is half of a surrogate pair; write both halves, or the character itself`,
		`{a(b:"\uD83D" c:"\uDE00")}`:            `input:1:7: \uD83D is half of a surrogate pair; write both halves, or the character itself`,
		`{a(b:"\uD83D\uDE00")}`:                 "",
		`{a(b:"\u{1F600}\u00e9")}`:              "",
		`{a(b:"\\uD83D")}`:                      "",
		"{a(b:\"\"\"\\uD83D\"\"\") #\\uD83D\n}": "",
		`{a(b:"\uD83D`:                          "", // not a document
		`{a(b:"\uD83G")}`:                       "",
	} {
		said := ""
		if err := (Escapes{NewParsed().Has}).MutateOperationParameters(t.Context(), &graphql.RawParams{Query: text}); err != nil {
			said = err.Error()
			if err.Extensions["code"] != errcodes.ParseFailed {
				t.Errorf("%s: %v", text, err.Extensions)
			}
		}
		if said != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, said, want)
		}
	}
}

// A syntax error names the whole character, not its first byte.
func TestCharactersAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"{a\u00a0b}":           `Cannot parse the unexpected character U+00A0 (a no-break space).`,
		"{a\r\n\t\u200bb}":     `Cannot parse the unexpected character U+200B (a zero width space).`,
		"{ä:a(x:\"é\")}":       `Cannot parse the unexpected character U+00E4 ("ä").`,
		"{a(x:\u201cb\u201d)}": `Cannot parse the unexpected character U+201C (a typographic quote).`,
		"{a(x:\U0001F600)}":    `Cannot parse the unexpected character U+1F600 ("😀").`,
		"{a(x:1.\u2009)}":      `Invalid number, expected digit but got: U+2009 (a space).`,
		"{a(x:\"\\é\")}":       `Invalid character escape sequence: \U+00E9 ("é").`,
		"{a(x:\U000E0001)}":    `Cannot parse the unexpected character U+E0001 (invisible).`,
		"{a(x:?)}":             `Cannot parse the unexpected character "?".`,
		"{Â(x:?)}":             `Cannot parse the unexpected character U+00C2 ("Â").`,
		"{a(x:1)":              `Expected Name, found <EOF>`,
		"{a(x:\"\u00a0\")}}":   `Unexpected }`,
	} {
		_, err := parser.ParseQuery(&ast.Source{Input: text})
		if err == nil {
			t.Fatal(text)
		}
		if got := SyntaxMessage(graphqlMessage(err), text); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func graphqlMessage(err error) string { return err.(*gqlerror.Error).Message }
