package graph

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// foldCase returns a label in the form for comparisons. Labels that differ only in case have the
// same form. It is Unicode's canonical caseless matching (The Unicode Standard, definition D145):
// ß equals ss, ς equals σ, and all encodings of é are equal.
func foldCase(label string) string {
	if isASCII(label) {
		return strings.ToLower(label)
	}
	return norm.NFC.String(cases.Fold().String(norm.NFD.String(label)))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
