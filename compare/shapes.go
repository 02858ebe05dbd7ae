package compare

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Shape describes records of one kind: the paths of their keys, with the JSON types seen
// there. It contains no values.
type Shape struct {
	Kind    string
	Records int // number of records it was made from
	Paths   []Path
}

// A Path is one key of a shape, "destination_attributes.object", with its types in order:
// "null|string".
type Path struct{ Key, Types string }

const (
	maxShapes = 200 // number of records read
	maxDepth  = 8
	maxPaths  = 400
)

// plainKey matches keys that are the vendor's words. Other keys may be values of the customer,
// and are shown as *.
var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,47}=?$`)

func shapeOf(kind string, records []record) Shape {
	records = records[:min(len(records), maxShapes)]
	types := map[string]map[string]bool{}
	for _, r := range records {
		addTypes(types, "", r, 0)
	}
	s := Shape{Kind: kind, Records: len(records)}
	for _, key := range slices.Sorted(maps.Keys(types)) {
		if len(s.Paths) == maxPaths {
			break
		}
		s.Paths = append(s.Paths, Path{key, strings.Join(slices.Sorted(maps.Keys(types[key])), "|")})
	}
	return s
}

// addTypes records the types of the value at a path.
func addTypes(types map[string]map[string]bool, path string, v any, depth int) {
	if path != "" {
		if types[path] == nil {
			types[path] = map[string]bool{}
		}
		types[path][typeOf(v)] = true
	}
	if depth == maxDepth {
		return
	}
	switch v := v.(type) {
	case record:
		for key, inner := range v {
			if !plainKey.MatchString(key) {
				key = "*"
			}
			if path != "" {
				key = path + "." + key
			}
			addTypes(types, key, inner, depth+1)
		}
	case []any:
		for _, inner := range v {
			addTypes(types, path+"[]", inner, depth+1)
		}
	}
}

// typeOf returns the JSON type of a value. Integers and numbers with a fraction differ.
func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case string:
		return "string"
	case []any:
		return "list"
	}
	return "object"
}
