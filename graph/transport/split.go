package transport

import (
	"bytes"
	"encoding/json"
	"iter"
)

// A member is one key of an object and its value, which is JSON.
type member struct {
	key   string
	value json.RawMessage
}

// splitObject takes a JSON object apart, in order. ok is false for all else.
func splitObject(raw []byte) (list []member, ok bool) {
	if len(raw) == 0 || raw[0] != '{' || !json.Valid(raw) {
		return nil, false
	}
	list = []member{}
	for key, value := range members(raw) {
		list = append(list, member{unquote(key), value})
	}
	return list, true
}

// joinMembers is the inverse of splitObject. Keys are GraphQL names, which
// need no escapes.
func joinMembers(list []member) []byte {
	size := 2
	for _, m := range list {
		size += len(m.key) + len(m.value) + 4
	}
	out := append(make([]byte, 0, size), '{')
	for i, m := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '"')
		out = append(out, m.key...)
		out = append(out, '"', ':')
		out = append(out, m.value...)
	}
	return append(out, '}')
}

// splitArray takes a JSON array apart. ok is false for all else.
func splitArray(raw []byte) (list []json.RawMessage, ok bool) {
	err := json.Unmarshal(raw, &list)
	return list, err == nil && list != nil
}

func joinArray(list []json.RawMessage) []byte {
	out := []byte{'['}
	for i, value := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, value...)
	}
	return append(out, ']')
}

// members gives the keys of an object, in quotes, with their values. The text
// must be valid JSON and begin with the brace.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for rest := space(object[1:]); rest[0] != '}'; {
			n := valueEnd(rest)
			key := rest[:n]
			rest = space(space(rest[n:])[1:]) // beyond the colon
			n = valueEnd(rest)
			if !yield(key, rest[:n]) {
				return
			}
			if rest = space(rest[n:]); rest[0] == ',' {
				rest = space(rest[1:])
			}
		}
	}
}

func space(text []byte) []byte { return bytes.TrimLeft(text, " \t\r\n") }

// valueEnd is the length of the value that text begins with.
func valueEnd(text []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			if !quoted && depth == 0 {
				return i + 1
			}
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth <= 1 {
				return i + depth // of a number, the bracket around it is no part
			}
			depth--
		case depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			return i
		}
	}
	return len(text)
}

// unquote reads a JSON string, which must be valid.
func unquote(text []byte) string {
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text[1 : len(text)-1])
	}
	var s string
	_ = json.Unmarshal(text, &s) // valid, so it cannot fail
	return s
}
