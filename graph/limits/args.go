package limits

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// Args are the arguments of one field, variables and defaults filled in. An
// argument that was left out, or is null, counts as not given.
type Args struct {
	field  *ast.Field
	vars   map[string]any
	varied *bool // set where a variable was looked at

	walk *pricing
	sets []ast.SelectionSet // what is asked below the field
}

// Asks tells whether a field that is named so, and may cost something, is asked of what
// the field yields.
func (a Args) Asks(name string) bool {
	var below collection
	for _, set := range a.sets {
		a.walk.collect(&below, set)
	}
	return slices.ContainsFunc(below.fields, func(m merged) bool { return m.field.Name == name })
}

// Value is the Go value of an argument: nil where it was not given, or as literal
// has it.
func (a Args) Value(name string) any {
	if a.field.Definition == nil {
		return nil
	}
	def := a.field.Definition.Arguments.ForName(name)
	if def == nil {
		return nil
	}
	switch arg := a.field.Arguments.ForName(name); {
	case arg == nil || arg.Value == nil:
	case arg.Value.Kind != ast.Variable:
		*a.varied = *a.varied || names(arg.Value)
		return literal(arg.Value, a.vars)
	default:
		*a.varied = true
		if v, given := a.vars[arg.Value.Raw]; given {
			return v
		}
	}
	return literal(def.DefaultValue, nil)
}

// names tells whether a variable stands in v.
func names(v *ast.Value) bool {
	return v.Kind == ast.Variable || slices.ContainsFunc(v.Children, func(c *ast.ChildValue) bool { return names(c.Value) })
}

// literal returns the Go value of v: nil, bool, int64, float64, string, []any or
// map[string]any. Numbers out of range saturate. The parser bounds how deep a
// value nests.
func literal(v *ast.Value, vars map[string]any) any {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case ast.Variable:
		return vars[v.Raw]
	case ast.IntValue:
		n, _ := strconv.ParseInt(v.Raw, 10, 64) // out of range is the nearest end
		return n
	case ast.FloatValue:
		n, _ := strconv.ParseFloat(v.Raw, 64) // out of range is ±Inf
		return n
	case ast.BooleanValue:
		return v.Raw == "true"
	case ast.ListValue:
		list := make([]any, 0, len(v.Children))
		for _, c := range v.Children {
			list = append(list, literal(c.Value, vars))
		}
		return list
	case ast.ObjectValue:
		object := make(map[string]any, len(v.Children))
		for _, c := range v.Children {
			object[c.Name] = literal(c.Value, vars)
		}
		return object
	case ast.StringValue, ast.BlockValue, ast.EnumValue:
		return v.Raw
	}
	return nil
}

// Int returns a numeric argument, brought into 0..2147483647. ok is false where
// it was not given or is not a number.
func (a Args) Int(name string) (n int, ok bool) { return number(a.Value(name)) }

// Len returns the number of entries of a list argument. A single value stands
// for a list of one, as GraphQL has it. ok is false where it was not given.
func (a Args) Len(name string) (n int, ok bool) {
	v := a.Value(name)
	if v == nil {
		return 0, false
	}
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Slice {
		return clamp(rv.Len()), true
	}
	return 1, true
}
