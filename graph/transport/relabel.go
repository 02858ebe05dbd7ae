package transport

import (
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const labelName = "label"

// relabel gives each @defer of the operation that op is about to run a label of
// its own, and returns by these the labels that the client gave, "" for none.
//
// gqlgen tells deferred parts of an object apart by their labels alone. Where two
// with the same label, or with none, have a field in common, it counts the field
// twice, resolves it once, and waits for the other.
func relabel(op *graphql.OperationContext) map[string]string {
	labels := make(map[string]string)
	redirect(op, func(d *ast.Directive) *ast.Directive {
		own := strconv.Itoa(len(labels))
		labels[own] = label(d, op.Variables)
		copied := *d
		copied.Arguments = ast.ArgumentList{{
			Name:  labelName,
			Value: &ast.Value{Raw: own, Kind: ast.StringValue, Position: d.Position},
		}}
		if condition := d.Arguments.ForName("if"); condition != nil {
			copied.Arguments = append(copied.Arguments, condition)
		}
		return &copied
	})
	return labels
}

// label is the label of d as gqlgen reads it: from a variable, too.
func label(d *ast.Directive, variables map[string]any) string {
	arg := d.Arguments.ForName(labelName)
	if arg == nil {
		return ""
	}
	value, err := arg.Value.Value(variables)
	if err != nil {
		return ""
	}
	text, _ := value.(string)
	return text
}
