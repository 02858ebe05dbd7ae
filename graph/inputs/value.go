package inputs

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// A mistake is what is wrong with a value, and where within it.
type mistake struct{ place, text string }

func (m *mistake) in(place string) *mistake {
	m.place = place + m.place
	return m
}

// value tells what is wrong with v as a value of type t; nil if nothing is. v is
// what JSON or a literal gives: nil, string, bool, a number, a slice or a map.
func (c *Checker) value(t *ast.Type, v any) *mistake {
	if v == nil {
		if t.NonNull {
			return &mistake{text: "must not be null"}
		}
		return nil
	}
	if t.Elem != nil {
		return c.list(t.Elem, v)
	}
	switch def := c.schema.Types[t.NamedType]; def.Kind {
	case ast.InputObject:
		return c.object(def, v)
	case ast.Enum:
		if s, ok := v.(string); ok && def.EnumValues.ForName(s) != nil {
			return nil
		}
		if c.Secret {
			return wrong(v, def.Name, "")
		}
		names := make([]string, len(def.EnumValues))
		for i, e := range def.EnumValues {
			names[i] = e.Name
		}
		return wrong(v, def.Name, "expected one of "+strings.Join(names, ", "))
	default:
		return c.scalar(def.Name, v)
	}
}

// list is value for a list of t, or for the one element of such a list.
func (c *Checker) list(t *ast.Type, v any) *mistake {
	list, sent := v.([]any)
	if !sent {
		if made := reflect.ValueOf(v); made.Kind() == reflect.Slice { // by gqlparser, of the element
			v = made.Index(0).Interface()
		}
		return c.value(t, v)
	}
	for i := range list {
		if m := c.value(t, list[i]); m != nil {
			return m.in(fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

func (c *Checker) object(def *ast.Definition, v any) *mistake {
	object, ok := v.(map[string]any)
	if !ok {
		return wrong(v, def.Name, "expected an object")
	}
	var unknown []string
	for name := range object {
		if def.Fields.ForName(name) == nil {
			unknown = append(unknown, name)
		}
	}
	if unknown != nil {
		return &mistake{place: fmt.Sprintf(".%.40s", slices.Min(unknown)), text: def.Name + " has no such field"}
	}
	for _, f := range def.Fields {
		field, given := object[f.Name]
		switch {
		case given:
			if m := c.value(f.Type, field); m != nil {
				return m.in("." + f.Name)
			}
		case f.Type.NonNull && f.DefaultValue == nil:
			return &mistake{place: "." + f.Name, text: "is required"}
		}
	}
	return nil
}

// wrong says that v is no value of a type, and what one looks like.
func wrong(v any, name, form string) *mistake {
	text := told(v) + " is not a valid " + name
	if form != "" {
		text += "; " + form
	}
	return &mistake{text: text}
}

// told is v in a message: what may be long is cut, or just named.
func told(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%.40q", v)
	case json.Number:
		return fmt.Sprintf("%.40s", string(v))
	case map[string]any:
		return "an object"
	}
	if reflect.ValueOf(v).Kind() == reflect.Slice {
		return "a list"
	}
	return fmt.Sprint(v)
}
