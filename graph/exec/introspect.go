package exec

import (
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2/ast"
)

var errIntrospection = errors.New("introspection disabled")

// IntrospectSchema resolves Query.__schema.
func IntrospectSchema(op *graphql.OperationContext, schema *ast.Schema) (*introspection.Schema, error) {
	if op.DisableIntrospection {
		return nil, errIntrospection
	}
	return introspection.WrapSchema(schema), nil
}

// IntrospectType resolves Query.__type. It returns nil for an unknown name.
func IntrospectType(op *graphql.OperationContext, schema *ast.Schema, name string) (*introspection.Type, error) {
	if op.DisableIntrospection {
		return nil, errIntrospection
	}
	return introspection.WrapTypeFromDef(schema, schema.Types[name]), nil
}
