package exec

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"
)

// A Schema says how the fields of each object type are answered.
type Schema struct {
	AST     *ast.Schema
	Objects map[string]*Object // by the name of the type
}

// An Object is an object type. Its objects are pointers, or other Go values that an
// any holds without a copy.
type Object struct {
	Name   string
	Names  []string // its own, and those of its interfaces and unions
	Is     func(v any) bool
	Fields map[string]*Field

	// Plain appends plain scalars of obj to b, each behind its text. It stops behind the text
	// of a field that it does not write, and returns how many it has written: where a field
	// is no plain scalar, fails, or is null and may not be. Nil: there are no plain scalars.
	Plain func(b []byte, obj any, texts []Text) ([]byte, int, error)

	// Load gets objs ready for the fields that need more than the object itself holds
	// (Field.Loads). Nil: none does. If it fails for an object, that object is null.
	Load func(ctx context.Context, objs []any) Calls
}

// A Field is a field of an object type: a resolver's, if Resolve is there; a scalar, an enum
// or a list of these, if Plain, Leaf or LeafWith is; else an object or a list of objects.
type Field struct {
	// Plain is the field's number, from 1, if it is a scalar that the object itself tells; see
	// Object.Plain.
	Plain int
	// Loads tells that objects are to be loaded first (Object.Load). Of a plain field,
	// an error result of its Go method tells it.
	Loads bool
	// Args reads the arguments; nil: the field has no arguments.
	Args func(raw map[string]any) (map[string]any, error)
	// Resolve asks for the field of each object.
	Resolve func(ctx context.Context, objs []any, args map[string]any) Calls
	// Ahead asks for what Resolve will ask for, if that is the same for every object. It
	// is called when an object is not there yet. Nil: it depends on the object.
	Ahead func(ctx context.Context)
	// Leaf appends v, which Resolve gave. It returns nil for null.
	Leaf func(b []byte, v any) ([]byte, error)
	// LeafWith appends a scalar that obj tells by arguments, or as an event; nil is null.
	LeafWith func(b []byte, obj any, args map[string]any) ([]byte, error)
	// Get is the value of the field of obj; nil for null.
	Get func(obj any, args map[string]any) (any, error)
	// Len and At read a list of objects; nil: the field is no list.
	Len func(list any) int
	At  func(list any, i int) any
}

// A Text is what stands before the value of a field in the answer, with what Object.Plain
// needs to know of the field.
type Text struct {
	Before   string // braces, commas, names
	Plain    int    // the field's number; TypeName; 0: it is no plain scalar
	Nullable bool
}

// TypeName stands for __typename, whose value is in the text.
const TypeName = -1
