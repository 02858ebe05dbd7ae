package documents

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
)

// characterNames names characters that are often pasted from pages and chats, and look like others
// or are invisible.
var characterNames = map[rune]string{
	'\u00A0': "a no-break space", '\u2007': "a figure space", '\u202F': "a narrow no-break space", '\u3000': "an ideographic space",
	'\u200B': "a zero width space", '\u200C': "a zero width non-joiner", '\u200D': "a zero width joiner", '\u2060': "a word joiner", '\u00AD': "a soft hyphen",
	'\u200E': "a left-to-right mark", '\u200F': "a right-to-left mark", '\u2028': "a line separator", '\u2029': "a paragraph separator",
	'\u2018': "a typographic quote", '\u2019': "a typographic quote", '\u201C': "a typographic quote", '\u201D': "a typographic quote", '\u201E': "a typographic quote",
	'\u2026': "an ellipsis", '\u2013': "a dash", '\u2014': "a dash", '\u2212': "a minus sign",
}

// SyntaxMessage rewords gqlparser's syntax error about text, so that it names the wrong
// character. gqlparser says "found <Invalid>" in some messages. In others it names only the first
// byte of a non-ASCII character.
func SyntaxMessage(message, text string) string {
	if !utf8.ValidString(text) {
		return message
	}
	t, err := firstInvalidToken(text)
	if err == nil {
		return message
	}
	if strings.Contains(message, "<Invalid>") {
		message = err.Message
	}
	runes := []rune(text)
	if t.Pos.End >= len(runes) || runes[t.Pos.End] < 0x80 {
		return message
	}
	r := runes[t.Pos.End]
	byByte := string(rune(string(r)[0]))
	at := strings.LastIndex(message, byByte)
	if at < 0 {
		return message
	}
	before, after := message[:at], message[at+len(byByte):]
	return strings.TrimSuffix(before, `"`) + describeCharacter(r) + strings.TrimPrefix(after, `"`)
}

// firstInvalidToken returns the first invalid token in text and its error; nil if all tokens are
// valid.
func firstInvalidToken(text string) (lexer.Token, *gqlerror.Error) {
	for tokens := lexer.New(&ast.Source{Input: text}); ; {
		t, err := tokens.ReadToken()
		if bad, ok := errors.AsType[*gqlerror.Error](err); ok {
			return t, bad
		}
		if t.Kind == lexer.EOF {
			return t, nil
		}
	}
}

// describeCharacter returns a character's name, such as U+00A0 (a no-break space) or U+00E9 ("é").
func describeCharacter(r rune) string {
	name, ok := characterNames[r]
	switch {
	case ok:
	case unicode.IsSpace(r):
		name = "a space"
	case unicode.IsGraphic(r):
		name = `"` + string(r) + `"`
	default:
		name = "invisible"
	}
	return fmt.Sprintf("%U (%s)", r, name)
}
