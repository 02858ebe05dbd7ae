package stats

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed words.txt
var wordsText string

// words holds the English words of errors that a template may contain. Any other word of a
// message may be data of a record.
var words = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for word := range strings.FieldsSeq(wordsText) {
		known[word] = true
	}
	return known
})

// template removes from a pattern all words that are not known words of errors. "…" replaces one
// or more of them.
func template(pattern string) string {
	const left = "…"
	var b strings.Builder
	space, ended := false, false // a space is due; the text ends with left
	write := func(text string) {
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		space, ended = false, text == left
	}
	for i := 0; i < len(pattern); {
		n := placeholder(pattern[i:])
		word := prefixLength(pattern[i:], func(c byte) bool { return isWord(c) || c == '_' || c >= utf8.RuneSelf })
		switch {
		case n > 0:
			write(pattern[i : i+n])
		case word == 0:
			n = 1
			if c := pattern[i]; c > ' ' && c < unicode.MaxASCII {
				write(pattern[i : i+1])
			} else { // a control character separates words, too
				space = true
			}
		default:
			n = word
			switch known := words()[pattern[i:i+n]]; {
			case known:
				write(pattern[i : i+n])
			case ended:
				space = false
			default:
				write(left)
			}
		}
		i += n
	}
	return b.String()
}

// placeholder returns the length of the placeholder at the start of s, one that appendPattern
// writes; 0 if s starts otherwise.
func placeholder(s string) int {
	for _, p := range [...]string{"<text>", "<url>", "<email>", "<time>", "<id>"} {
		if strings.HasPrefix(s, p) {
			return len(p)
		}
	}
	return 0
}
