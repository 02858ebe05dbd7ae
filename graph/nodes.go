package graph

import (
	"context"
	"strings"

	"census-gateway/graph/exec"
	"census-gateway/upstream/census"
)

const maxNodeIDs = 100

// withoutError returns v without an error.
func withoutError[T any](v T) (T, error) { return v, nil }

// node returns the node with the id in the argument arg.
func (r *Resolver) node(ctx context.Context, arg, id string) exec.Later[Node] {
	if strings.HasPrefix(id, groupType+":") {
		return r.groupNode(ctx, arg, id)
	}
	typename, n, err := parseID(arg, id, "")
	switch {
	case err != nil:
		return exec.Value[Node](nil, err)
	case typename == syncRunType:
		return exec.After(loadersOf(ctx).runs.load(census.SyncRunID(n)), func(run *census.SyncRun) (Node, error) { return run, nil })
	}
	return exec.Value[Node](&Sync{ID: census.SyncID(n), required: true}, nil)
}

// nodes returns several nodes. Those that fail are null, with an error at their place.
func (r *Resolver) nodes(ctx context.Context, ids []string) exec.Later[[]Node] {
	if len(ids) > maxNodeIDs {
		return exec.Value[[]Node](nil, badInput("ids must name at most %d nodes, got %d", maxNodeIDs, len(ids)))
	}
	return exec.All(len(ids), func(i int) exec.Later[Node] { return r.node(ctx, "ids", ids[i]) },
		func(v Node, err error) Node {
			if err != nil {
				return exec.Failed{Err: err}
			}
			return v
		})
}
