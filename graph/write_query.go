package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/upstream"
)

// queryObject is Query, as far as its fields are read ahead (ahead.go): what is
// not is resolved side by side, and writers write one after another.
var queryObject = &object[struct{}]{queryImplementors, map[string]field[struct{}]{
	"sync":    writeSync,
	"syncs":   writeSyncs,
	"syncRun": writeSyncRun,
}}

// root is a field of Query that get answers from; null has no place here, since
// what is not there is an error.
func root[T any](w writer[T], get func() (T, error)) writer[struct{}] {
	if w == nil {
		return nil
	}
	return func(b []byte, _ struct{}) []byte {
		v, err := get()
		if err != nil {
			return nil
		}
		return w(b, v)
	}
}

// writeSync is Query.sync.
func writeSync(ctx context.Context, f graphql.CollectedField) writer[struct{}] {
	id, err := idOf(ctx, f)
	n, bad := parseSyncID("id", id)
	if err != nil || bad != nil {
		return nil
	}
	return root(syncObject.writer(ctx, f.Selections), func() (*Sync, error) {
		s := readSync(ctx, f, n)
		return s, s.err
	})
}

// writeSyncRun is Query.syncRun.
func writeSyncRun(ctx context.Context, f graphql.CollectedField) writer[struct{}] {
	id, err := idOf(ctx, f)
	n, bad := parseSyncRunID("id", id)
	if err != nil || bad != nil {
		return nil
	}
	return root(runObject.writer(ctx, f.Selections), func() (*upstream.SyncRun, error) {
		return loadersOf(ctx).runs.get(ctx, n)
	})
}

// writeSyncs is Query.syncs, where no sync may be left out with an error.
func writeSyncs(ctx context.Context, f graphql.CollectedField) writer[struct{}] {
	args, err := noContext.field_Query_syncs_args(ctx, f.ArgumentMap(graphql.GetOperationContext(ctx).Variables))
	if err != nil {
		return nil
	}
	filter, order := args["filter"].(*SyncFilter), args["orderBy"].(*SyncOrder)
	if !filter.all() || order != nil && order.Field == SyncOrderFieldHealth {
		return nil
	}
	return root(syncConnectionObject.writer(ctx, f.Selections), func() (*SyncConnection, error) {
		return resolveSyncs(ctx, f, args["ids"].([]string), filter, order, pageOf(args))
	})
}

// idOf is the argument `id` of f.
func idOf(ctx context.Context, f graphql.CollectedField) (string, error) {
	return graphql.UnmarshalID(f.ArgumentMap(graphql.GetOperationContext(ctx).Variables)["id"])
}
