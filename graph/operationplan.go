package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/documents"
	"census-gateway/graph/exec"
)

// A plan holds the facts that follow from the text of an operation.
type plan struct {
	document   string // its short hash
	exec       *exec.Plan
	deprecated []string // deprecated fields that it selects, "SyncRun.recordsInvalid", each once
}

// planName is the key of a plan among gqlgen's extensions of an operation.
const planName = "Plan"

// planKey is the key of a plan among the values stored beside a document.
type planKey struct {
	operation string
	parts     bool // for an answer in parts
}

// planOf returns the plan of op by schema. It stores the plan beside the document, if the plan is
// the same for each execution.
func planOf(ctx context.Context, schema *exec.Schema, op *graphql.OperationContext) *plan {
	key, values := planKey{op.Operation.Name, exec.PartsIn(ctx) != nil}, documents.Values(op)
	if values != nil {
		if p, ok := values.Load(key); ok {
			op.Stats.SetExtension(planName, p)
			return p.(*plan)
		}
	}
	p := &plan{documents.ShortHash(op.RawQuery), exec.Compile(schema, op, key.parts), deprecatedFields(op)}
	if values != nil && p.exec.Fixed {
		values.Store(key, p)
	}
	op.Stats.SetExtension(planName, p)
	return p
}

// documentHashOf returns the short hash of op's document. A rejected operation has no plan, and
// none is made for it.
func documentHashOf(op *graphql.OperationContext) string {
	if p := planIn(op); p != nil {
		return p.document
	}
	return documents.ShortHash(op.RawQuery)
}

// planIn returns the plan by which op was executed; nil if it was rejected.
func planIn(op *graphql.OperationContext) *plan {
	p, _ := op.Stats.GetExtension(planName).(*plan)
	return p
}
