package graph

import (
	"context"
	"errors"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/exec"
)

// gqlgen's own execution calls the same resolvers, one object at a time. The functions below
// replace the parts of package exec that it needs.

// oracleAsks lets the resolver with ctx see the selection of its field.
func oracleAsks(ctx context.Context) context.Context {
	return exec.Ask(ctx, oracleSchema, graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field)
}

var oracleSchema = newSchema(&Resolver{}).schema

// oracleValue waits for the value of a resolver.
func oracleValue[T any](ctx context.Context, later exec.Later[T]) (v T, err error) {
	v, err = later.Wait(func() { loadersOf(ctx).readRequested() })
	var beside exec.Beside
	if errors.As(err, &beside) {
		err = nil
		for i, e := range beside {
			if e = onPath(ctx, e); i == len(beside)-1 && reflect.ValueOf(&v).Elem().IsZero() {
				err = e // gqlgen adds no second error for a null in a non-null field
				break
			}
			graphql.AddError(ctx, e)
		}
	}
	if err != nil {
		return v, err
	}
	op, field := graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field
	record := oracleAsksRecord(op, field)
	switch v := any(v).(type) {
	case *Sync:
		err = v.oracleLoad(ctx, record)
	case *SyncConnection:
		for i := range v.syncs {
			_ = v.syncs[i].oracleLoad(ctx, record)
		}
	case []*SyncRunStatsGroup:
		for _, f := range graphql.CollectFields(op, field.Selections, []string{"SyncRunStatsGroup"}) {
			for i := range v {
				_ = v[i].Sync.oracleLoad(ctx, f.Name == "sync" && oracleAsksRecord(op, f))
			}
		}
	case []Node:
		for i := range v {
			var err error
			switch n := v[i].(type) {
			case *Sync:
				err = n.oracleLoad(ctx, record)
			case exec.Failed:
				err = n.Err
			}
			if err != nil {
				v[i] = nil
				graphql.AddError(graphql.WithPathContext(ctx, graphql.NewPathWithIndex(i)), err)
			}
		}
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

// onPath returns err with the path of its field.
func onPath(ctx context.Context, err error) error {
	var below *exec.Below
	if !errors.As(err, &below) {
		return err
	}
	out := gqlerror.WrapPath(append(graphql.GetPath(ctx), ast.PathName(below.Field.Alias)), below.Err)
	if own := (*gqlerror.Error)(nil); errors.As(below.Err, &own) {
		out.Message, out.Extensions, out.Err = own.Message, own.Extensions, nil
	}
	return out
}

func (s *Sync) oracleLoad(ctx context.Context, record bool) error {
	if !record || s == nil {
		return nil
	}
	got := s.requestRecord(ctx)
	loadersOf(ctx).readRequested()
	if got(); s.required {
		return s.err
	}
	return nil
}

// oracleAsksRecord reports whether f selects anything of its syncs that needs their records.
func oracleAsksRecord(op *graphql.OperationContext, f graphql.CollectedField) bool {
	for _, f := range graphql.CollectFields(op, f.Selections, []string{syncType, "Node", "SyncConnection", "SyncEdge"}) {
		switch f.Name {
		case "nodes", "edges", "node":
			if oracleAsksRecord(op, f) {
				return true
			}
		case "id", "databaseId", "runs", "latestRun", "activeRun", "typicalRun", "runStats", "url", "__typename": // of a sync
		case "cursor", "pageInfo", "totalCount": // of a connection
		default:
			return true
		}
	}
	return false
}
