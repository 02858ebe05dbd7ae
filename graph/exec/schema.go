package exec

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"
)

// A Schema describes how the fields of each object type are resolved.
type Schema struct {
	AST     *ast.Schema
	Objects map[string]*Object // by the name of the type
}

// An Object is an object type. Its objects are pointers, or other Go values that an interface
// holds without a copy.
type Object struct {
	Name   string
	Names  []string // its own name, and those of its interfaces and unions
	Is     func(v any) bool
	Fields map[string]*Field

	// Plain appends plain scalars of obj to b, each after its text. It stops after the text of a
	// field that it does not write: a field that is not a plain scalar, fails, or is null though
	// non-null. It returns how many fields it wrote. Nil if the type has no plain scalars.
	Plain func(b []byte, obj any, texts []Text) ([]byte, int, error)

	// Load prepares objs for the fields that need more than the object holds (Field.Loads). If it
	// fails for an object, that object is null. Nil if no field needs it.
	Load func(ctx context.Context, objs []any) Calls
}

// A Field is a field of an object type. A field with Resolve has a resolver. A field with Plain,
// Leaf or LeafWith is a scalar, an enum or a list of these. All others are objects or lists of
// objects.
type Field struct {
	// Plain is the field's number, from 1, if it is a scalar read from the object itself; see
	// Object.Plain.
	Plain int
	// Loads reports whether the object must be loaded first (Object.Load). A plain field loads if
	// its Go method has an error result.
	Loads bool
	// Args reads the arguments. Nil if the field has none.
	Args func(raw map[string]any) (map[string]any, error)
	// Resolve resolves the field for each object.
	Resolve func(ctx context.Context, objs []any, args map[string]any) Calls
	// Ahead requests the keys that Resolve will request, if they are the same for every object.
	// It is called before an object is loaded. Nil if the keys depend on the object.
	Ahead func(ctx context.Context)
	// Leaf appends v, a result of Resolve. It returns nil for null.
	Leaf func(b []byte, v any) ([]byte, error)
	// LeafWith appends a scalar that depends on arguments, or on an event. It returns nil for
	// null.
	LeafWith func(b []byte, obj any, args map[string]any) ([]byte, error)
	// Get returns the value of the field of obj; nil for null.
	Get func(obj any, args map[string]any) (any, error)
	// Len and At read a list of objects. Nil if the field is not a list.
	Len func(list any) int
	At  func(list any, i int) any
}

// A Text is the text before the value of a field in the answer, with the properties of the field
// that Object.Plain needs.
type Text struct {
	Before   string // braces, commas, names
	Plain    int    // the field's number, or TypeName; 0 if it is not a plain scalar
	Nullable bool
}

// TypeName stands for __typename, whose value is in Text.Before.
const TypeName = -1
