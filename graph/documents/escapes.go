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

// Escapes is a gqlgen extension that rejects documents with half of a surrogate pair, such as
// "\uD83D" (GraphQL specification, "String Value"). gqlparser would replace it with U+FFFD, which
// changes the text. Add it after all extensions that supply a document's text.
type Escapes struct {
	// Known reports whether the document is cached, and so was checked before.
	Known func(text string) bool
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = Escapes{}

// ExtensionName returns the extension's name for gqlgen.
func (Escapes) ExtensionName() string { return "Escapes" }

// Validate returns nil: any schema is valid.
func (Escapes) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters checks the text of params.
func (x Escapes) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	if !strings.Contains(params.Query, `\u`) || x.Known(params.Query) {
		return nil
	}
	return halfSurrogateError(params.Query)
}

// halfSurrogateError returns an error for the first half of a surrogate pair in a string of text.
// It returns nil for invalid documents, which the parser reports.
func halfSurrogateError(text string) *gqlerror.Error {
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
		if at := HalfSurrogate(raw); at >= 0 {
			column := t.Pos.Column - 1 + len([]rune(raw[:at])) // the token begins after its quote
			bad := gqlerror.ErrorLocf("", t.Pos.Line, column, "%s is half of a surrogate pair; write both halves, or the character itself", raw[at:at+6])
			bad.Extensions = map[string]any{"code": errcodes.ParseFailed}
			return bad
		}
	}
}

// HalfSurrogate returns the index in raw of the first escaped half of a surrogate pair; -1 if raw
// has no such half. raw must have valid escapes of JSON or GraphQL.
func HalfSurrogate(raw string) int {
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

// surrogate returns the surrogate escaped at the start of text; 0 if text starts otherwise.
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
