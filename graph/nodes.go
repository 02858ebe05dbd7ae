package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/upstream"
)

const maxNodeIDs = 100

// resolveSync answers a field that shows one sync; null if the sync's record is
// needed and cannot be read.
func resolveSync(ctx context.Context, arg, id string) (*Sync, error) {
	n, err := parseSyncID(arg, id)
	if err != nil {
		return nil, err
	}
	s := readSync(ctx, asksRecord(graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field), n)
	if s.err != nil {
		return nil, s.err
	}
	return s, nil
}

// readSync is a sync, with its record if that is needed.
func readSync(ctx context.Context, record bool, id upstream.SyncID) *Sync {
	s := &Sync{ID: id}
	if record {
		s.record, s.err = loadersOf(ctx).syncs.get(ctx, id)
	}
	return s
}

// syncOf is the sync of a run. It is never null: if the record cannot be read,
// the fields that need it say so.
func syncOf(ctx context.Context, id upstream.SyncID) (*Sync, error) {
	return readSync(ctx, asksRecord(graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field), id), nil
}

// resolveNode answers with whatever has the id in the argument arg.
func resolveNode(ctx context.Context, arg, id string) (Node, error) {
	typename, n, err := parseID(arg, id, "")
	if err != nil {
		return nil, err
	}
	if typename == syncRunType {
		run, err := loadersOf(ctx).runs.get(ctx, upstream.SyncRunID(n))
		if err != nil {
			return nil, err
		}
		return run, nil
	}
	s, err := resolveSync(ctx, arg, id)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// resolveNodes answers with several nodes at once. Those that fail are null,
// with an error at their place.
func resolveNodes(ctx context.Context, ids []string) ([]Node, error) {
	if len(ids) > maxNodeIDs {
		return nil, badInput("ids must name at most %d nodes, got %d", maxNodeIDs, len(ids))
	}
	nodes := make([]Node, len(ids))
	errs := make([]error, len(ids))
	each(len(ids), func(i int) {
		nodes[i], errs[i] = resolveNode(ctx, "ids", ids[i])
	})
	for i, err := range errs {
		if err != nil {
			graphql.AddError(graphql.WithPathContext(ctx, graphql.NewPathWithIndex(i)), err)
		}
	}
	return nodes, nil
}
