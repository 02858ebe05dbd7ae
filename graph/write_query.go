package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/upstream"
)

// queryObject is Query, as far as its fields are read ahead (ahead.go): what is
// not is resolved side by side, and writers write one after another.
var queryObject = &object[struct{}]{queryImplementors, map[string]field[struct{}]{
	"sync":    {compile: writeSync},
	"syncs":   {compile: writeSyncs},
	"syncRun": {compile: writeSyncRun},
}}

// root is a field of Query, answered by get from its arguments, which read
// reads. Null has no place here, since what is not there is an error.
func root[T, A any](c *compiler, f graphql.CollectedField, o *object[T],
	read func(context.Context, map[string]any) (*A, error), get func(context.Context, *A) (T, error)) writer[struct{}] {
	w, slot := o.writer(c, f.Selections), c.slot()
	if w == nil {
		return nil
	}
	return func(x *writing, b []byte, _ struct{}) []byte {
		args := arguments(x, slot, f, read)
		if args == nil {
			return nil
		}
		v, err := get(x.ctx, args)
		if err != nil {
			return nil
		}
		return w(x, b, v)
	}
}

// writeSync is Query.sync.
func writeSync(c *compiler, f graphql.CollectedField) writer[struct{}] {
	record := asksRecord(c.op, f)
	return root(c, f, syncObject, readID(parseSyncID), func(ctx context.Context, id *upstream.SyncID) (*Sync, error) {
		s := readSync(ctx, record, *id)
		return s, s.err
	})
}

// writeSyncRun is Query.syncRun.
func writeSyncRun(c *compiler, f graphql.CollectedField) writer[struct{}] {
	return root(c, f, runObject, readID(parseSyncRunID), func(ctx context.Context, id *upstream.SyncRunID) (*upstream.SyncRun, error) {
		return loadersOf(ctx).runs.get(ctx, *id)
	})
}

// readID reads the argument `id`.
func readID[ID any](parse func(arg, id string) (ID, error)) func(context.Context, map[string]any) (*ID, error) {
	return func(_ context.Context, args map[string]any) (*ID, error) {
		text, err := graphql.UnmarshalID(args["id"])
		if err != nil {
			return nil, err
		}
		id, err := parse("id", text)
		return &id, err
	}
}

// syncsArgs are the arguments of Query.syncs.
type syncsArgs struct {
	ids    []string
	filter *SyncFilter
	order  *SyncOrder
	page   pageArgs
}

func readSyncsArgs(ctx context.Context, raw map[string]any) (*syncsArgs, error) {
	args, err := noContext.field_Query_syncs_args(ctx, raw)
	if err != nil {
		return nil, err
	}
	return &syncsArgs{args["ids"].([]string), args["filter"].(*SyncFilter), args["orderBy"].(*SyncOrder), pageOf(args)}, nil
}

// writeSyncs is Query.syncs, where none is left out with an error.
func writeSyncs(c *compiler, f graphql.CollectedField) writer[struct{}] {
	read := func(ctx context.Context, raw map[string]any) (*syncsArgs, error) {
		a, err := readSyncsArgs(ctx, raw)
		if err != nil || !a.filter.all() || a.order != nil && a.order.Field == SyncOrderFieldHealth {
			return nil, err
		}
		return a, nil
	}
	asked := asks(c.op, f)
	return root(c, f, syncConnectionObject, read, func(ctx context.Context, a *syncsArgs) (*SyncConnection, error) {
		return resolveSyncs(ctx, asked, a.ids, a.filter, a.order, a.page)
	})
}
