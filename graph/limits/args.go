package limits

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// Args are the arguments of one field, with variables and defaults. A missing argument or null
// counts as not given.
type Args struct {
	field         *ast.Field
	vars          map[string]any
	usesVariables *bool // set when a variable is read

	walk *pricing
	sets []ast.SelectionSet // selected below the field
}

// Selects reports whether a field with the name, which must have a price, is selected on the value
// of this field.
func (a Args) Selects(name string) bool {
	var below collection
	for _, set := range a.sets {
		a.walk.collect(&below, set)
	}
	return slices.ContainsFunc(below.fields, func(m merged) bool { return m.field.Name == name })
}

// Value returns the Go value of an argument, as literal does; nil if it was not given.
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
		*a.usesVariables = *a.usesVariables || hasVariable(arg.Value)
		return goValue(arg.Value, a.vars)
	default:
		*a.usesVariables = true
		if v, given := a.vars[arg.Value.Raw]; given {
			return v
		}
	}
	return goValue(def.DefaultValue, nil)
}

// hasVariable reports whether v contains a variable.
func hasVariable(v *ast.Value) bool {
	return v.Kind == ast.Variable || slices.ContainsFunc(v.Children, func(c *ast.ChildValue) bool { return hasVariable(c.Value) })
}

// goValue returns the Go value of v: nil, bool, int64, float64, string, []any or map[string]any.
// Numbers out of range saturate. The parser limits the nesting of values.
func goValue(v *ast.Value, vars map[string]any) any {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case ast.Variable:
		return vars[v.Raw]
	case ast.IntValue:
		n, _ := strconv.ParseInt(v.Raw, 10, 64) // saturates if out of range
		return n
	case ast.FloatValue:
		n, _ := strconv.ParseFloat(v.Raw, 64) // ±Inf if out of range
		return n
	case ast.BooleanValue:
		return v.Raw == "true"
	case ast.ListValue:
		list := make([]any, 0, len(v.Children))
		for _, c := range v.Children {
			list = append(list, goValue(c.Value, vars))
		}
		return list
	case ast.ObjectValue:
		object := make(map[string]any, len(v.Children))
		for _, c := range v.Children {
			object[c.Name] = goValue(c.Value, vars)
		}
		return object
	case ast.StringValue, ast.BlockValue, ast.EnumValue:
		return v.Raw
	}
	return nil
}

// Int returns a numeric argument, limited to 0..2147483647. ok is false if it was not given or is
// not a number.
func (a Args) Int(name string) (n int, ok bool) { return number(a.Value(name)) }

// Len returns the number of entries of a list argument. A single value counts as a list of one,
// as in GraphQL. ok is false if it was not given.
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
