package exec

import (
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// An element of a path is a field, or an index in a list.
type element struct {
	step  *step // nil for an index in a list
	index int
}

// fail adds an error at the current path.
func (w *writer) fail(err error) {
	w.errors++
	out := gqlerror.WrapPath(nil, err)
	var own *gqlerror.Error
	if errors.As(err, &own) { // shared by all fields that fail with it
		copied := *own
		out = &copied
	}
	out.Path = pathOf(w.path)
	var position *ast.Position
	for _, e := range w.path {
		if e.step != nil {
			position = e.step.Position
		}
	}
	var at *Below
	if errors.As(err, &at) {
		out.Path, position = append(out.Path, ast.PathName(at.Field.Alias)), at.Field.Position
	}
	if position != nil {
		out.Locations = []gqlerror.Location{{Line: position.Line, Column: position.Column}}
	}
	graphql.AddError(w.ctx, out)
}

func pathOf(elements []element) ast.Path {
	path := make(ast.Path, len(elements))
	for i, e := range elements {
		if e.step != nil {
			path[i] = ast.PathName(e.step.Alias)
		} else {
			path[i] = ast.PathIndex(e.index)
		}
	}
	return path
}
