package graph

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// folded is a label as labels are compared: two that a reader takes for the same but
// for case are one text. That is Unicode's canonical caseless matching (The Unicode
// Standard, definition D145), by which ß is ss, ς is σ, and é is one letter however
// it is written.
func folded(label string) string {
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
