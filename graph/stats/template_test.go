package stats

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestTemplate(t *testing.T) {
	for message, want := range map[string]string{
		"": "",
		"The destination connection needs to be reauthorized: Refresh token for connection 4711 expired (request k3Jd82hQxz)": "the destination connection needs to be reauthorized: refresh token for connection # expired (request <id>)",
		`Value "O'Brien" is not allowed for field "LTV_90" of record zqx`:                                                     "value <text> is not allowed for field <text> of record …",
		"Invalid email for John Smith, born Müller":                                                                           "invalid email for …, …",
		"Contact jim@example.com already exists in list VIP_customers-2026":                                                   "contact <email> already exists in list …-#",
		"could not convert Acme Corp to number\n at row 17":                                                                   "could not convert … to number at row #",
		"Ошибка: нет доступа":                                                                                                 "…: …",
		"a\x01a\x7fvalue is invalid":                                                                                          "a a value is invalid",
		"request <swordfish> failed, see https://example.com/a?b=c.":                                                          "request <…> failed, see <url>.",
		"\x00\x01 \xff\xfe 漢字 failed":                                                                                         "… failed",
	} {
		if got := template(pattern(message)); got != want {
			t.Errorf("%q:\n%q, want\n%q", message, got, want)
		}
	}
}

// The template of any message contains only words of the list, and no digits.
func TestLawTemplateHoldsNoData(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.OneOf(rapid.SampledFrom([]string{"Jim", "o'brien", "+49 30 123", "Zürich", "<id", "invalid", "value", "\"", "'", "Record", "x_y", "é", "\xc3"}), rapid.String())).Draw(t, "parts")
		got := template(pattern(strings.Join(parts, rapid.SampledFrom([]string{" ", "", ", "}).Draw(t, "between"))))
		rest := strings.NewReplacer("<text>", " ", "<url>", " ", "<email>", " ", "<time>", " ", "<id>", " ", "…", " ").Replace(got)
		for word := range strings.FieldsFuncSeq(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }) {
			if !words()[word] {
				t.Fatalf("%q is in %q", word, got)
			}
		}
	})
}

// Keys do not change between releases, since clients store them.
func TestErrorKeysStay(t *testing.T) {
	for key, want := range map[string]string{"cAUTH": "27bc35d4e719050b", "mit broke at #": "1ab7f4c55cd7f568"} {
		if got := publicKey(key); got != want || !isErrorKey(got) {
			t.Errorf("%q: %q, want %q", key, got, want)
		}
	}
	for _, key := range []string{"", RestKey, "27BC35D4E719050B", "27bc35d4e719050b0", "zzzzzzzzzzzzzzzz"} {
		if isErrorKey(key) {
			t.Errorf("%q is a key", key)
		}
	}
}
