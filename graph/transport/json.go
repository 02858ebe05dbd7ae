package transport

import (
	"bytes"
	"encoding/json"
	"iter"
	"math"

	"census-gateway/internal/jsonscan"
)

// Every request contains JSON, most of it in one long string: the query. The functions below are
// faster on it than encoding/json, which reads each byte more than once.

// anyDepth is no limit, for text that was checked before.
const anyDepth = math.MaxInt

// skipValue returns the length of the JSON value at the start of text. It returns -1 if there is no
// valid value, or it is nested deeper than depth. It accepts invalid UTF-8 in strings.
func skipValue(text []byte, depth int) int {
	if len(text) == 0 {
		return -1
	}
	switch text[0] {
	case '"':
		return skipString(text)
	case '{':
		return skipNested(text, '}', depth)
	case '[':
		return skipNested(text, ']', depth)
	}
	n := 0
	for n < len(text) && inLiteral(text[n]) {
		n++
	}
	if !json.Valid(text[:n]) {
		return -1
	}
	return n
}

// inLiteral reports whether c can occur in a number, true, false or null.
func inLiteral(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '-' || c == '+' || c == '.'
}

func skipString(text []byte) int {
	for i := 1; ; {
		i += jsonscan.Plain(text[i:])
		switch rest := text[i:]; {
		case len(rest) > 0 && rest[0] == '"':
			return i + 1
		case len(rest) < 2 || rest[0] != '\\':
			return -1
		case bytes.IndexByte([]byte(`"\/bfnrt`), rest[1]) >= 0:
			i += 2
		case rest[1] == 'u' && len(rest) >= 6 && isHex(rest[2]) && isHex(rest[3]) && isHex(rest[4]) && isHex(rest[5]):
			i += 6
		default:
			return -1
		}
	}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// skipNested is skip for an object or an array that ends with end.
func skipNested(text []byte, end byte, depth int) int {
	if depth <= 0 {
		return -1
	}
	rest := space(text[1:])
	if len(rest) > 0 && rest[0] == end {
		return len(text) - len(rest) + 1
	}
	for {
		if end == '}' { // a name and the colon
			if len(rest) == 0 || rest[0] != '"' {
				return -1
			}
			n := skipString(rest)
			if n < 0 {
				return -1
			}
			if rest = space(rest[n:]); len(rest) == 0 || rest[0] != ':' {
				return -1
			}
			rest = space(rest[1:])
		}
		n := skipValue(rest, depth-1)
		if n < 0 {
			return -1
		}
		rest = space(rest[n:])
		switch {
		case len(rest) > 0 && rest[0] == end:
			return len(text) - len(rest) + 1
		case len(rest) == 0 || rest[0] != ',':
			return -1
		}
		rest = space(rest[1:])
	}
}

// space returns text without leading white space.
func space(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\n' || text[0] == '\t' || text[0] == '\r') {
		text = text[1:]
	}
	return text
}

// members iterates over the keys of an object, in quotes, and their values. The text must be
// valid JSON and begin with the brace.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for rest := space(object[1:]); rest[0] != '}'; {
			n := skipString(rest)
			key := rest[:n]
			rest = space(space(rest[n:])[1:]) // skip the colon
			n = skipValue(rest, anyDepth)
			if !yield(key, rest[:n]) {
				return
			}
			if rest = space(rest[n:]); rest[0] == ',' {
				rest = space(rest[1:])
			}
		}
	}
}

// elements iterates over the elements of an array. The text must be valid JSON and begin with the
// bracket.
func elements(array []byte) iter.Seq[[]byte] {
	return func(yield func(value []byte) bool) {
		for rest := space(array[1:]); rest[0] != ']'; {
			n := skipValue(rest, anyDepth)
			if !yield(rest[:n]) {
				return
			}
			if rest = space(rest[n:]); rest[0] == ',' {
				rest = space(rest[1:])
			}
		}
	}
}

// decode returns the Go value of valid JSON, like encoding/json with UseNumber. Numbers keep
// their text, since an ID may exceed the precision of a float.
func decode(value []byte) any {
	switch value[0] {
	case '"':
		return unquote(value)
	case '{':
		return decodeObject(value)
	case '[':
		list := []any{}
		for v := range elements(value) {
			list = append(list, decode(v))
		}
		return list
	case 't', 'f':
		return value[0] == 't'
	case 'n':
		return nil
	}
	return json.Number(value)
}

func decodeObject(text []byte) map[string]any {
	object := map[string]any{}
	for key, value := range members(text) {
		object[unquote(key)] = decode(value)
	}
	return object
}

// unquote decodes a valid JSON string.
func unquote(text []byte) string {
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text[1 : len(text)-1])
	}
	var s string
	_ = json.Unmarshal(text, &s) // valid, so it does not fail
	return s
}
