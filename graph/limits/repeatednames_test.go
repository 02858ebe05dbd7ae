package limits

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/internal/errcodes"
)

func TestRepeats(t *testing.T) {
	known := ""
	x := Repeats{Known: func(text string) bool { return text == known }}
	refused := func(text string) bool {
		err := x.MutateOperationParameters(t.Context(), &graphql.RawParams{Query: text})
		if err != nil && (err.Extensions["code"] != errcodes.QueryTooExpensive || err.Extensions["limit"] != "names") {
			t.Errorf("%v", err)
		}
		return err != nil
	}
	fields := func(n int) string { return "query Q {" + strings.Repeat(" __typename", n) + " }" }
	parts := func(n int) string {
		return "{...F ...G} fragment F on Query {" + strings.Repeat(" __typename", n/2) + "} fragment G on Query {" + strings.Repeat(" __typename", n/2) + "}"
	}
	for name, tt := range map[string]struct {
		text string
		want bool
	}{
		"as many as may":           {fields(maxRepeats), false},
		"one more":                 {fields(maxRepeats + 1), true},
		"in two fragments":         {parts(2 * maxRepeats), true},
		"few in two fragments":     {parts(maxRepeats), false},
		"in a text and a comment":  {`{a(b:"` + strings.Repeat("x ", 5000) + "\")}\n#" + strings.Repeat(" x", 5000), false},
		"short":                    {"{" + strings.Repeat("id ", 600) + "}", false},
		"no document, then a name": {"{" + strings.Repeat("$!", 2000) + `"` + strings.Repeat("id ", 600), false},
	} {
		if refused(tt.text) != tt.want {
			t.Errorf("%s: refused is %t", name, !tt.want)
		}
	}
	if known = fields(1000); refused(known) {
		t.Error("refused, though it was validated before")
	}
}
