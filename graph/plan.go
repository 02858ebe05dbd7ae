package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"census-gateway/graph/documents"
	"census-gateway/graph/exec"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
)

// breadthFirst is the schema that gqlgen generated, with an execution of its own.
type breadthFirst struct {
	graphql.ExecutableSchema
	schema *exec.Schema
	hold   func(ctx context.Context, bytes int) bool // see Options.Hold; nil: there is room
}

// newSchema is the schema whose fields r resolves.
func newSchema(r *Resolver) breadthFirst {
	generated := NewExecutableSchema(Config{})
	schema := &exec.Schema{AST: generated.Schema(), Objects: tables(r)}
	schema.Objects[syncType].Load = loadSyncs
	for _, field := range [...]string{"health", "nextRunAt", "group"} {
		schema.Objects[syncType].Fields[field].Loads = true
	}
	for typename, side := range map[string]upstream.Side{"SyncSource": upstream.Sources, "SyncDestination": upstream.Destinations} {
		ahead := func(ctx context.Context) {
			if l := loadersOf(ctx); l.census.Version() == calls.V1 || side == upstream.Destinations { // V2's sources may be in its activations
				l.sides.ask(side)
			}
		}
		schema.Objects[typename].Fields["connectionName"].Ahead = ahead
		schema.Objects[typename].Fields["connectionType"].Ahead = ahead
	}
	return breadthFirst{ExecutableSchema: generated, schema: schema}
}

// Exec answers the operation of ctx.
func (s breadthFirst) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation == ast.Subscription {
		return s.subscribe(ctx, op)
	}
	return s.start(ctx, op, s.planOf(ctx, op), op)
}

// A plan is what the text of an operation tells.
type plan struct {
	document   string // its short hash
	exec       *exec.Plan
	deprecated []string // fields it asks that are deprecated, "SyncRun.recordsInvalid", each once
}

// planName is the name of a plan among what gqlgen carries with an operation.
const planName = "Plan"

// planKey is the key of a plan among what is kept with a document.
type planKey struct {
	operation string
	parts     bool // it answers in parts
}

// planOf is the plan of op, which is kept with the document if it is the same for each
// execution.
func (s breadthFirst) planOf(ctx context.Context, op *graphql.OperationContext) *plan {
	key, beside := planKey{op.Operation.Name, exec.PartsIn(ctx) != nil}, documents.Beside(op)
	if beside != nil {
		if p, ok := beside.Load(key); ok {
			op.Stats.SetExtension(planName, p)
			return p.(*plan)
		}
	}
	p := &plan{documents.ShortHash(op.RawQuery), exec.Compile(s.schema, op, key.parts), deprecatedIn(op)}
	if beside != nil && p.exec.Fixed {
		beside.Store(key, p)
	}
	op.Stats.SetExtension(planName, p)
	return p
}

// documentOf is the short hash of op's document, if there is one. An operation that
// was refused has no plan, and gets none.
func documentOf(op *graphql.OperationContext) string {
	if p := planned(op); p != nil {
		return p.document
	}
	return documents.ShortHash(op.RawQuery)
}

// planned is the plan by which op was executed; nil if it was refused.
func planned(op *graphql.OperationContext) *plan {
	p, _ := op.Stats.GetExtension(planName).(*plan)
	return p
}
