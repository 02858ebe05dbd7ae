package exec

import (
	"errors"

	"github.com/99designs/gqlgen/graphql"
)

// Source returns the name and the arguments of the one field that a subscription selects.
// To answer an event, start an [Execution] with the event as its root.
func (p *Plan) Source(op *graphql.OperationContext) (field string, args map[string]any, err error) {
	if len(p.root.steps) != 1 || p.root.steps[0].field == nil {
		return "", nil, errors.New("a subscription must select exactly one field")
	}
	st := p.root.steps[0]
	x := &Execution{op: op, args: make([]arguments, p.arguments)}
	args, err = x.arguments(st)
	return st.Name, args, err
}
