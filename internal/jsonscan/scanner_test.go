package jsonscan

import (
	"encoding/json"
	"strings"
	"testing"
)

var validTexts = []string{
	`0`, `-0`, `10`, `-1.5`, `1e3`, `1E+3`, `0.1e-10`, `123456789012345678901234567890`,
	`true`, `false`, `null`, `""`, `"a"`, "\"\x7f\"", `"ü→😀"`, `"\"\\\/\b\f\n\r\t\u00e9"`, `"\ud83d\ude00"`, `"\ud800"`,
	`[]`, `[ ]`, `[1]`, `[1, "a", null, [], {}]`, `{}`, `{ }`, `{"a":1}`, `{"":{"":[]}}`, `{"a":1,"a":2}`,
	" \t\r\n{ \"a\" : [ 1 , 2 ] } \n", strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth),
}

var invalidTexts = []string{
	``, ` `, `nul`, `nulll`, `True`, `NaN`, `Infinity`, `-`, `+1`, `01`, `-01`, `.5`, `1.`, `1.e3`, `1e`, `1e+`, `0x10`, `1_000`, `--1`,
	`"`, `"a`, `"\`, `"\"`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "\"\x00\"", "\"\\\n\"", `'a'`, `a`,
	`[`, `]`, `[1`, `[1,`, `[1,]`, `[,1]`, `[,]`, `[1 2]`, `[1]]`, `[1}`, `[1:2]`,
	`{`, `}`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{a:1}`, `{1:1}`, `{"a" 1}`, `{"a"::1}`, `{"a":1 "b":2}`, `{"a"}`, `{]`,
	`1 2`, `null,`, `{}{}`, `{} x`, "{}\x00", "{}\x00{", "\x00", "\ufeff{}", "\u00a01", "1\f", `// a`, `{}/**/`,
}

// accepts returns nil if the scanner accepts text as one JSON value.
func accepts(text string) error {
	s := &Scanner{text: text}
	s.Skip()
	return s.End()
}

func TestScannerAcceptsOnlyJSON(t *testing.T) {
	for _, text := range validTexts {
		if err := accepts(text); err != nil {
			t.Errorf("%.40q rejected: %v", text, err)
		}
	}
	for _, text := range invalidTexts {
		if accepts(text) == nil {
			t.Errorf("%q accepted", text)
		}
	}
}

func TestScannerBoundsDepth(t *testing.T) {
	for _, open := range []string{"[", `{"a":`, `[{"a":`} {
		if err := accepts(strings.Repeat(open, 1_000_000)); err != errTooDeep {
			t.Errorf("a million of %s: %v", open, err)
		}
	}
}

func TestScannerKeepsTheFirstError(t *testing.T) {
	s := &Scanner{text: `[} "later"`}
	s.Skip()
	first := s.err
	_, isInteger := s.Integer()
	if s.Open('{') || s.Next('}') || s.Key() != "" || s.Nullable() != nil || isInteger || s.Boolean() {
		t.Error("a value was read after an error")
	}
	if err := s.End(); err == nil || err != first {
		t.Errorf("first %v, then %v", first, err)
	}
}

func TestScannerIntegers(t *testing.T) {
	const none = "none"
	for text, want := range map[string]any{
		`94`: 94, `"94"`: 94, `94.0`: 94, `"94.0"`: 94, `9.4e1`: 94, `1e3`: 1000, `-3`: -3, `-0`: 0,
		`2147483648`:            1 << 31,
		`9007199254740993`:      1<<53 + 1,
		`9007199254740991.0`:    1<<53 - 1,
		`9223372036854775807`:   1<<63 - 1,
		`"9223372036854775807"`: 1<<63 - 1,
		`-9223372036854775808`:  -1 << 63,
		`9223372036854775808`:   none, `1e19`: none, `1e400`: none, `"1e400"`: none,
		`9007199254740993.0`: none, // would be rounded to another number
		`1.5`:                none, `"1.5"`: none, `"NaN"`: none, `"Inf"`: none, `"-Infinity"`: none,
		`"0x10p0"`: none, `"0x1p4"`: none, `"1_000.0"`: none, `"1e"`: none,
		`""`: none, `" 7"`: none, `"7 of 9"`: none, `"1,000"`: none, `"0x10"`: none,
		`null`: none, `true`: none, `[7]`: none, `{"n":7}`: none,
	} {
		s := &Scanner{text: text}
		n, ok := s.Integer()
		if err := s.End(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		switch {
		case want == none && (ok || n != 0):
			t.Errorf("%s is %d, want no integer", text, n)
		case want != none && (!ok || n != int64(want.(int))):
			t.Errorf("%s is %d, %t; want %d", text, n, ok, want)
		}
	}
}

func TestScannerScalars(t *testing.T) {
	type scalar struct {
		text string
		ok   bool
	}
	for text, want := range map[string]scalar{
		`"completed"`: {"completed", true}, `""`: {"", true}, `"a\nb"`: {"a\nb", true}, `"\ud83d\ude00"`: {"😀", true}, `"\ud800"`: {"\ufffd", true},
		`"null"`: {"null", true}, `404`: {"404", true}, `4.0`: {"4.0", true}, `true`: {"true", true},
		`null`: {}, `{"a":[1]}`: {}, `["a"]`: {},
	} {
		s := &Scanner{text: text}
		got, ok := s.Scalar()
		if err := s.End(); err != nil || (scalar{got, ok}) != want {
			t.Errorf("%s is %q, %t, %v; want %+v", text, got, ok, err, want)
		}
	}
}

func FuzzScanner(f *testing.F) {
	for _, text := range append(validTexts, invalidTexts...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := &Scanner{text: text}
		s.Skip()
		err := s.End()
		if s.at > len(text) {
			t.Fatalf("read to byte %d of %d", s.at, len(text))
		}
		if want := json.Valid([]byte(text)); (err == nil) != want && err != errTooDeep {
			t.Fatalf("JSON: %t, scanner: %v", want, err)
		}
	})
}
