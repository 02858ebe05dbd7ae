package transport

import "encoding/json"

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
