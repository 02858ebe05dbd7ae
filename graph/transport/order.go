package transport

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// inOrder is errs in the order in which the answer has their fields, those of no
// field first, so that the same answer has the same errors however its fields
// raced. Errors of one field stay as they stand.
//
// Where fragments on two types have the same keys, in another order each, that of
// the document counts.
func inOrder(op *graphql.OperationContext, errs gqlerror.List) gqlerror.List {
	if len(errs) < 2 || op == nil || op.Operation == nil {
		return errs
	}
	type placed struct {
		err *gqlerror.Error
		at  []int
	}
	list := make([]placed, len(errs))
	for i, err := range errs {
		list[i] = placed{err, placeOf(op, err.Path)}
	}
	slices.SortStableFunc(list, func(a, b placed) int { return slices.Compare(a.at, b.at) })
	out := make(gqlerror.List, len(list))
	for i := range list {
		out[i] = list[i].err
	}
	return out
}

// placeOf is path with numbers in place of names: where each stands among the
// fields that are asked of its object.
func placeOf(op *graphql.OperationContext, path ast.Path) []int {
	at := make([]int, 0, len(path))
	asked := []ast.SelectionSet{op.Operation.SelectionSet}
	for _, element := range path {
		name, ok := element.(ast.PathName)
		if !ok {
			at = append(at, int(element.(ast.PathIndex)))
			continue
		}
		place, n := -1, 0
		var below []ast.SelectionSet // of more than one field, if fragments on several types have the key
		for _, sel := range asked {
			for _, f := range graphql.CollectFields(op, sel, nil) { // nil: of every type
				if f.Alias == string(name) {
					if place < 0 {
						place = n
					}
					below = append(below, f.Selections)
				}
				n++
			}
		}
		at, asked = append(at, place), below
	}
	return at
}
