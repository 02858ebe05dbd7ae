package documents

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"

	"census-gateway/internal/errcodes"
)

// Escapes is the extension for gqlgen that refuses a document in which half of a
// surrogate pair stands alone, such as "\uD83D" (GraphQL specification, "String
// Value"). gqlparser makes U+FFFD of it, which is another text. It comes after
// whatever finds the text of a document.
type Escapes struct {
	// Known tells whether the document of a text is kept, and so was looked at.
	Known func(text string) bool
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = Escapes{}

// ExtensionName is the name by which gqlgen knows the extension.
func (Escapes) ExtensionName() string { return "Escapes" }

// Validate has nothing against any schema.
func (Escapes) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters refuses the text of params, or leaves it.
func (x Escapes) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	if !strings.Contains(params.Query, `\u`) || x.Known(params.Query) {
		return nil
	}
	return halfPair(params.Query)
}

// halfPair finds the first surrogate that stands alone in a string of text. It leaves
// invalid documents to the parser.
func halfPair(text string) *gqlerror.Error {
	if !strings.Contains(text, `\u`) {
		return nil
	}
	runes := []rune(text)
	for tokens := lexer.New(&ast.Source{Input: text}); ; {
		t, err := tokens.ReadToken()
		if err != nil || t.Kind == lexer.EOF {
			return nil
		}
		if t.Kind != lexer.String {
			continue
		}
		raw := string(runes[t.Pos.Start:t.Pos.End])
		if at := HalfPair(raw); at >= 0 {
			column := t.Pos.Column - 1 + len([]rune(raw[:at])) // the token begins behind its quote
			bad := gqlerror.ErrorLocf("", t.Pos.Line, column, "%s is half of a surrogate pair: write both halves, or the character itself", raw[at:at+6])
			bad.Extensions = map[string]any{"code": errcodes.ParseFailed}
			return bad
		}
	}
}

// HalfPair is where in raw, well-formed text with escapes as JSON and GraphQL have
// them, an escaped surrogate stands alone; -1 if nowhere.
func HalfPair(raw string) int {
	for at := 0; ; {
		i := strings.IndexByte(raw[at:], '\\')
		if i < 0 {
			return -1
		}
		at += i
		r := surrogate(raw[at:])
		switch {
		case r == 0:
			at += 2
		case utf16.DecodeRune(r, surrogate(raw[at+6:])) == '\uFFFD':
			return at
		default:
			at += 12
		}
	}
}

// surrogate is the surrogate whose escape text begins with; 0 if it begins otherwise.
func surrogate(text string) rune {
	if len(text) < 6 || text[:2] != `\u` {
		return 0
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil || !utf16.IsSurrogate(rune(n)) {
		return 0
	}
	return rune(n)
}
