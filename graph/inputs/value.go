package inputs

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// An invalidValue describes an invalid value, or an invalid part of one.
type invalidValue struct {
	place string // path of the part, such as .outcomes[0]; "" for the whole value
	text  string // the message
}

func (m *invalidValue) in(place string) *invalidValue {
	m.place = place + m.place
	return m
}

// checkValue returns nil if v is a valid value of type t. Otherwise it describes the first
// invalid part. v comes from JSON or a literal: nil, string, bool, a number, a slice or a
// map.
func (c *Checker) checkValue(t *ast.Type, v any) *invalidValue {
	if v == nil {
		if t.NonNull {
			return &invalidValue{text: "must not be null"}
		}
		return nil
	}
	if t.Elem != nil {
		return c.checkList(t.Elem, v)
	}
	switch def := c.schema.Types[t.NamedType]; def.Kind {
	case ast.InputObject:
		return c.checkObject(def, v)
	case ast.Enum:
		if s, ok := v.(string); ok && def.EnumValues.ForName(s) != nil {
			return nil
		}
		if c.Secret {
			return invalid(v, def.Name, "")
		}
		names := make([]string, len(def.EnumValues))
		for i, e := range def.EnumValues {
			names[i] = e.Name
		}
		return invalid(v, def.Name, "expected one of "+strings.Join(names, ", "))
	default:
		return c.checkScalar(def.Name, v)
	}
}

// checkList checks v as a list of t, or as the one element of such a list.
func (c *Checker) checkList(t *ast.Type, v any) *invalidValue {
	list, sent := v.([]any)
	if !sent {
		if made := reflect.ValueOf(v); made.Kind() == reflect.Slice { // gqlparser has wrapped the one element
			v = made.Index(0).Interface()
		}
		return c.checkValue(t, v)
	}
	for i := range list {
		if m := c.checkValue(t, list[i]); m != nil {
			return m.in(fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

// checkObject checks v as the input object def.
func (c *Checker) checkObject(def *ast.Definition, v any) *invalidValue {
	object, ok := v.(map[string]any)
	if !ok {
		return invalid(v, def.Name, "expected an object")
	}
	var unknown []string
	for name := range object {
		if def.Fields.ForName(name) == nil {
			unknown = append(unknown, name)
		}
	}
	if unknown != nil {
		return &invalidValue{place: fmt.Sprintf(".%.40s", slices.Min(unknown)), text: def.Name + " has no such field"}
	}
	for _, f := range def.Fields {
		field, given := object[f.Name]
		switch {
		case given:
			if m := c.checkValue(f.Type, field); m != nil {
				return m.in("." + f.Name)
			}
		case f.Type.NonNull && f.DefaultValue == nil:
			return &invalidValue{place: "." + f.Name, text: "is required"}
		}
	}
	return nil
}

// invalid returns the message that v is not a valid value of the type. form describes the
// valid values; it may be "".
func invalid(v any, name, form string) *invalidValue {
	text := abbreviated(v) + " is not a valid " + name
	if form != "" {
		text += "; " + form
	}
	return &invalidValue{text: text}
}

// abbreviated returns v for a message. It cuts long texts and numbers, and names objects
// and lists only by their kind.
func abbreviated(v any) string {
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
