package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"census-gateway/graph/exec"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
)

// newSchema returns the schema whose fields r resolves.
func newSchema(r *Resolver) breadthFirstSchema {
	generated := NewExecutableSchema(Config{})
	schema := &exec.Schema{AST: generated.Schema(), Objects: tables(r)}
	schema.Objects[syncType].Load = loadRecords
	for _, field := range [...]string{"health", "alerts", "nextRunAt", "group"} {
		schema.Objects[syncType].Fields[field].Loads = true
	}
	for typename, side := range map[string]upstream.Side{"SyncSource": upstream.Sources, "SyncDestination": upstream.Destinations} {
		ahead := func(ctx context.Context) {
			if l := loadersOf(ctx); l.census.Version() == calls.V1 || side == upstream.Destinations { // V2's sources may be in its activations
				l.connections.load(side)
			}
		}
		schema.Objects[typename].Fields["connectionName"].Ahead = ahead
		schema.Objects[typename].Fields["connectionType"].Ahead = ahead
	}
	return breadthFirstSchema{ExecutableSchema: generated, schema: schema}
}

// Exec executes the operation of ctx.
func (s breadthFirstSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation == ast.Subscription {
		return s.startSubscription(ctx, op)
	}
	return s.startExecution(ctx, op, planOf(ctx, s.schema, op), op)
}
