package limits

import (
	"reflect"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// Args are the arguments of one field, variables and defaults filled in. An
// argument that was left out, or is null, counts as not given.
type Args map[string]any

// argsOf reads the arguments of f. ast.Field.ArgumentMap does nearly that, and
// panics on an integer that does not fit 64 bits.
func argsOf(f *ast.Field, vars map[string]any) Args {
	if f.Definition == nil {
		return nil
	}
	args := make(Args, len(f.Arguments))
	for _, def := range f.Definition.Arguments {
		if v, given := argument(f.Arguments.ForName(def.Name), vars); given {
			args[def.Name] = v
		} else if def.DefaultValue != nil {
			args[def.Name] = literal(def.DefaultValue, nil)
		}
	}
	return args
}

func argument(a *ast.Argument, vars map[string]any) (v any, given bool) {
	if a == nil || a.Value == nil {
		return nil, false
	}
	if a.Value.Kind == ast.Variable {
		v, given = vars[a.Value.Raw]
		return v, given
	}
	return literal(a.Value, vars), true
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

// Given reports whether the argument was given a value other than null.
func (a Args) Given(name string) bool { return a[name] != nil }

// Int returns a numeric argument, brought into 0..2147483647. ok is false where
// it was not given or is not a number.
func (a Args) Int(name string) (n int, ok bool) { return number(a[name]) }

// Len returns the number of entries of a list argument. A single value stands
// for a list of one, as GraphQL has it. ok is false where it was not given.
func (a Args) Len(name string) (n int, ok bool) {
	v := a[name]
	if v == nil {
		return 0, false
	}
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Slice {
		return clamp(rv.Len()), true
	}
	return 1, true
}
