package main

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"text/template"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/vektah/gqlparser/v2/ast"
)

var funcs = template.FuncMap{
	"names":     names,
	"receiver":  receiver,
	"value":     value,
	"erase":     erase,
	"item":      item,
	"append":    appendValue,
	"plainCode": plainCode,
	"nulls":     nulls,
	"plain":     plain,
	"plains":    func(o *codegen.Object) bool { return slices.ContainsFunc(o.Fields, plain) },
	"number":    number,
	"args":      args,
	"leaf":      func(f *codegen.Field) bool { return f.TypeReference.Definition.IsLeafType() },
	"list":      func(f *codegen.Field) bool { return f.TypeReference.GQL.Elem != nil },
	"fails":     func(f *codegen.Field) bool { return !f.NoErr && f.IsMethod() },
	"goType":    goType,
	"lcFirst":   func(s string) string { return strings.ToLower(s[:1]) + s[1:] },
}

func goType(t types.Type) string { return templates.CurrentImports.LookupType(t) }

// names returns the names of o and of the abstract types that contain it.
func names(d *codegen.Data, o *codegen.Object) string {
	list := fmt.Sprintf("%q", o.Name)
	for _, i := range o.Implements {
		list += fmt.Sprintf(", %q", i.Name)
	}
	return list
}

// receiver returns the Go type of objects with the type o; the root has none.
func receiver(o *codegen.Object) string { return "*" + goType(o.Type) }

// plain reports whether f is a scalar without arguments that needs no resolver.
func plain(f *codegen.Field) bool {
	return !f.IsResolver && !f.Object.Stream && len(f.Args) == 0 && f.TypeReference.Definition.IsLeafType()
}

// number returns the number of f in its object, starting at 1.
func number(f *codegen.Field) int { return slices.Index(f.Object.Fields, f) + 1 }

// value returns an expression that reads a plain field of obj.
func value(f *codegen.Field) string {
	switch {
	case f.GoReceiverName == "ec": // __schema and __type
		return "exec." + strings.ToUpper(f.GoFieldName[:1]) + f.GoFieldName[1:] + "(obj.(*graphql.OperationContext), parsedSchema" + strings.TrimSuffix(", "+args(f), ", ") + ")"
	case f.IsMethod():
		return fmt.Sprintf("obj.(%s).%s(%s)", receiver(f.Object), f.GoFieldName, args(f))
	}
	return fmt.Sprintf("obj.(%s).%s", receiver(f.Object), f.GoFieldName)
}

// of returns value for an object v whose type is known.
func of(f *codegen.Field) string {
	return strings.Replace(value(f), "obj.("+receiver(f.Object)+")", "v", 1)
}

// args returns the arguments of f for a Go call.
func args(f *codegen.Field) string {
	list := make([]string, len(f.Args))
	for i, a := range f.Args {
		list[i] = fmt.Sprintf("args[%q].(%s)", a.Name, goType(a.TypeReference.GO))
	}
	return strings.Join(list, ", ")
}

// erase returns an expression that converts v, of the type of f, to any; null becomes nil.
func erase(f *codegen.Field) string {
	ref := f.TypeReference
	switch ref.GO.Underlying().(type) {
	case *types.Pointer:
		return "if v == nil { return nil }; return v"
	case *types.Slice:
		if ref.GQL.NonNull { // nil is an empty list
			return "return v"
		}
		return "if v == nil { return nil }; return v"
	case *types.Interface:
		return "return v"
	}
	if ref.Definition.IsLeafType() {
		return "return v"
	}
	return "return &v"
}

// item returns an expression for the i-th object of a list.
func item(f *codegen.Field) string {
	elem := f.TypeReference.GO.(*types.Slice).Elem()
	list := "list.(" + goType(f.TypeReference.GO) + ")"
	switch elem.Underlying().(type) {
	case *types.Pointer:
		return "if v := " + list + "[i]; v != nil { return v }; return nil"
	case *types.Interface:
		return "return " + list + "[i]"
	}
	return "return &" + list + "[i]"
}

// builtin has code that appends a value as gqlgen's own marshalers write it; %s is the value.
var builtin = map[string]string{
	"MarshalString":       "exec.AppendString(b, string(%s))",
	"MarshalID":           "exec.AppendString(b, string(%s))",
	"MarshalBoolean":      "strconv.AppendBool(b, bool(%s))",
	"MarshalInt":          "exec.AppendInt(b, int64(%s))",
	"MarshalInt32":        "exec.AppendInt(b, int64(%s))",
	"MarshalInt64":        "exec.AppendInt(b, int64(%s))",
	"MarshalFloatContext": "exec.AppendFloat(b, float64(%s))",
}

// appendValue returns code that appends v to b, for a function that also returns an error.
func appendValue(f *codegen.Field, v string) (string, error) {
	return appendOf(f, f.TypeReference, v)
}

// plainCode returns code that appends the plain field f of v to b and continues with the next
// field. It goes on after null, and returns if f fails.
func plainCode(f *codegen.Field) (string, error) {
	if f.NoErr || !f.IsMethod() {
		return plainCodeOf(f, f.TypeReference, of(f))
	}
	code, err := plainCodeOf(f, f.TypeReference, "value")
	return "value, err := " + of(f) + "\nif err != nil { return b, i, err }\n" + code, err
}

func plainCodeOf(f *codegen.Field, ref *config.TypeReference, v string) (string, error) {
	if ref.GQL.Elem == nil && ref.IsPtr() {
		elem, err := plainCodeOf(f, ref.Elem(), "*p")
		return "if p := " + v + "; p != nil {\n" + elem + "\n}", err
	}
	const checked = "\nif err != nil { return b, i, err }\nif out != nil { b = out; continue }"
	code, err := appendOf(f, ref, v)
	one, is := strings.CutPrefix(code, "return ")
	one, sure := strings.CutSuffix(one, ", nil")
	switch {
	case is && sure && !strings.HasPrefix(one, "append"): // not one of ours, which return nil for null
		return "b = " + one + "\ncontinue", err
	case is && sure:
		return "if out := " + one + "; out != nil { b = out; continue }", err
	case is:
		return "out, err := " + one + checked, err
	}
	return "out, err := func() ([]byte, error) {\n" + code + "\n}()" + checked, err
}

// nulls reports whether plainCode goes on for any field of o.
func nulls(o *codegen.Object) bool {
	return slices.ContainsFunc(o.Fields, func(f *codegen.Field) bool {
		if !plain(f) {
			return false
		}
		code, _ := plainCode(f)
		return !strings.HasSuffix(code, "\ncontinue")
	})
}

func appendOf(f *codegen.Field, ref *config.TypeReference, v string) (string, error) {
	switch {
	case ref.GQL.Elem != nil:
		elem, err := appendOf(f, ref.Elem(), "v")
		null := ""
		if !ref.GQL.NonNull { // otherwise nil is an empty list
			null = "if list == nil { return nil, nil }"
		}
		return `list := ` + v + `
			` + null + `
			b = append(b, '[')
			for i, v := range list {
				if i > 0 { b = append(b, ',') }
				var err error
				if b, err = func() ([]byte, error) { ` + elem + ` }(); b == nil || err != nil { return nil, err }
			}
			return append(b, ']'), nil`, err
	case ref.IsPtr():
		elem, err := appendOf(f, ref.Elem(), "*p")
		return "p := " + v + "\nif p == nil { return nil, nil }\n" + elem, err
	case ref.Definition.Kind == ast.Enum:
		return "return exec.AppendName(b, string(" + v + ")), nil", nil
	case ref.Marshaler == nil:
		return "", fmt.Errorf("%s.%s: %s has no marshal function", f.Object.Name, f.Name, ref.GO)
	}
	name := ref.Marshaler.Name()
	if text, ok := builtin[name]; ok && ref.Marshaler.Pkg().Path() == "github.com/99designs/gqlgen/graphql" {
		if name == "MarshalFloatContext" {
			return "return " + fmt.Sprintf(text, v), nil
		}
		return "return " + fmt.Sprintf(text, v) + ", nil", nil
	}
	own := "append" + strings.TrimPrefix(name, "Marshal")
	return "return " + own + "(b, " + v + "), nil", nil
}
