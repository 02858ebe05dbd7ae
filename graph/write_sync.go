package graph

import (
	"context"
	"maps"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/stats"
	"census-gateway/upstream"
)

// syncOfRunObject is Sync, as far as a run's sync is read ahead: no runs.
var syncOfRunObject = &object[*Sync]{syncImplementors, map[string]field[*Sync]{
	"id":         leaf(func(b []byte, s *Sync) []byte { return appendNodeID(b, syncType, int64(s.ID)) }),
	"databaseId": leaf(func(b []byte, s *Sync) []byte { return appendDecimal(b, int64(s.ID)) }),

	"label":     leaf(ofRecord(func(b []byte, r *upstream.Sync) []byte { return appendOptional(b, r.Label) })),
	"operation": leaf(ofRecord(func(b []byte, r *upstream.Sync) []byte { return appendOptional(b, r.Operation) })),
	"paused":    leaf(ofRecord(func(b []byte, r *upstream.Sync) []byte { return strconv.AppendBool(b, r.Paused) })),
	"status":    leaf(ofRecord(func(b []byte, r *upstream.Sync) []byte { return appendWord(b, string(r.Status)) })),
	"createdAt": leaf(ofRecord(func(b []byte, r *upstream.Sync) []byte { return appendDateTime(b, r.CreatedAt) })),
	"updatedAt": leaf(ofRecord(func(b []byte, r *upstream.Sync) []byte { return appendDateTime(b, r.UpdatedAt) })),
	"schedule":  partOfRecord(scheduleObject, func(r *upstream.Sync) *upstream.SyncSchedule { return &r.Schedule }),

	"source":      partOfRecord(sourceObject, func(r *upstream.Sync) *upstream.SyncSource { return &r.Source }),
	"destination": partOfRecord(destinationObject, func(r *upstream.Sync) *upstream.SyncDestination { return &r.Destination }),

	"url": link(func(r *Resolver, b []byte, s *Sync) []byte { return r.appendSyncURL(b, s.ID) }),
}}

// syncObject is Sync but for what takes reading many runs: filters, statistics
// and health are resolved side by side, and writers write one after another.
var syncObject = &object[*Sync]{syncImplementors, with(syncOfRunObject.fields, map[string]field[*Sync]{
	"runs":      {compile: writeRuns},
	"latestRun": {compile: writeLatestRun},
})}

func with[T any](fields, more map[string]field[T]) map[string]field[T] {
	fields = maps.Clone(fields)
	maps.Copy(fields, more)
	return fields
}

var scheduleObject = &object[*upstream.SyncSchedule]{syncScheduleImplementors, map[string]field[*upstream.SyncSchedule]{
	"frequency":      leaf(func(b []byte, s *upstream.SyncSchedule) []byte { return appendOptional(b, s.Frequency) }),
	"day":            leaf(func(b []byte, s *upstream.SyncSchedule) []byte { return appendOptional(b, s.Day) }),
	"hour":           leaf(func(b []byte, s *upstream.SyncSchedule) []byte { return appendInt(b, s.Hour) }),
	"minute":         leaf(func(b []byte, s *upstream.SyncSchedule) []byte { return appendInt(b, s.Minute) }),
	"cronExpression": leaf(func(b []byte, s *upstream.SyncSchedule) []byte { return appendOptional(b, s.CronExpression) }),
}}

var sourceObject = &object[*upstream.SyncSource]{syncSourceImplementors, map[string]field[*upstream.SyncSource]{
	"connectionId": leaf(func(b []byte, s *upstream.SyncSource) []byte { return appendInt(b, s.ConnectionID) }),
	"objectType":   leaf(func(b []byte, s *upstream.SyncSource) []byte { return appendOptional(b, s.ObjectType) }),
	"objectName":   leaf(func(b []byte, s *upstream.SyncSource) []byte { return appendOptional(b, s.ObjectName) }),

	"connectionName": ofConnection(upstream.Sources, sourceID, connectionName),
	"connectionType": ofConnection(upstream.Sources, sourceID, connectionType),
}}

var destinationObject = &object[*upstream.SyncDestination]{syncDestinationImplementors, map[string]field[*upstream.SyncDestination]{
	"connectionId": leaf(func(b []byte, d *upstream.SyncDestination) []byte { return appendInt(b, d.ConnectionID) }),
	"object":       leaf(func(b []byte, d *upstream.SyncDestination) []byte { return appendOptional(b, d.Object) }),

	"connectionName": ofConnection(upstream.Destinations, destinationID, connectionName),
	"connectionType": ofConnection(upstream.Destinations, destinationID, connectionType),
}}

func sourceID(s *upstream.SyncSource) *int64           { return s.ConnectionID }
func destinationID(d *upstream.SyncDestination) *int64 { return d.ConnectionID }
func connectionName(c upstream.Connection) *string     { return c.Name }
func connectionType(c upstream.Connection) *string     { return c.Type }

// ofConnection is a field with what the list of a side's connections tells of the
// one that a sync names.
func ofConnection[T any](side upstream.Side, id func(T) *int64, get func(upstream.Connection) *string) field[T] {
	return field[T]{compile: func(*compiler, graphql.CollectedField) writer[T] {
		return func(x *writing, b []byte, v T) []byte {
			c, err := connectionOf(x.ctx, side, id(v))
			if err != nil {
				return nil
			}
			return appendOptional(b, get(c))
		}
	}}
}

var syncConnectionObject = &object[*SyncConnection]{syncConnectionImplementors, map[string]field[*SyncConnection]{
	"edges": many(syncEdgeObject, (*SyncConnection).len, (*SyncConnection).edge),
	"nodes": many(syncObject, (*SyncConnection).len, func(c *SyncConnection, i int) *Sync { return c.syncs[i] }),

	"pageInfo":   one(pageInfoObject, (*SyncConnection).PageInfo),
	"totalCount": leaf(func(b []byte, c *SyncConnection) []byte { return appendInt(b, c.TotalCount()) }),
}}

var syncEdgeObject = &object[SyncEdge]{syncEdgeImplementors, map[string]field[SyncEdge]{
	"cursor": leaf(func(b []byte, e SyncEdge) []byte { return append(e.appendCursor(append(b, '"')), '"') }),
	"node":   one(syncObject, SyncEdge.Node),
}}

// ofRecord writes what only a sync's record tells.
func ofRecord(w leafWriter[*upstream.Sync]) leafWriter[*Sync] {
	return func(b []byte, s *Sync) []byte {
		if s.record == nil {
			return nil
		}
		return w(b, s.record)
	}
}

// partOfRecord is a field with an object that stands in a sync's record.
func partOfRecord[T any](o *object[T], get func(*upstream.Sync) T) field[*Sync] {
	return field[*Sync]{compile: func(c *compiler, f graphql.CollectedField) writer[*Sync] {
		w := o.writer(c, f.Selections)
		if w == nil {
			return nil
		}
		return func(x *writing, b []byte, s *Sync) []byte {
			if s.record == nil {
				return nil
			}
			return w(x, b, get(s.record))
		}
	}}
}

// runsArgs are the arguments of a connection of runs that no filter chooses.
type runsArgs struct {
	newestFirst bool
	page        pageArgs
}

func readRunsArgs(ctx context.Context, raw map[string]any) (*runsArgs, error) {
	args, err := noContext.field_Sync_runs_args(ctx, raw)
	if err != nil || args["filter"].(*stats.Filter) != nil {
		return nil, err
	}
	return &runsArgs{runsNewestFirst(args["orderBy"].(*SyncRunOrder)), pageOf(args)}, nil
}

// writeRuns is Sync.runs.
func writeRuns(c *compiler, f graphql.CollectedField) writer[*Sync] {
	w, slot := runConnectionObject.writer(c, f.Selections), c.slot()
	if w == nil {
		return nil
	}
	return func(x *writing, b []byte, s *Sync) []byte {
		args := arguments(x, slot, f, readRunsArgs)
		if args == nil {
			return nil
		}
		runs, err := runsOf(x.ctx, s.ID, nil, args.newestFirst, args.page)
		if err != nil {
			return nil
		}
		return w(x, b, runs)
	}
}

// writeLatestRun is Sync.latestRun.
func writeLatestRun(c *compiler, f graphql.CollectedField) writer[*Sync] {
	w := runObject.writer(c, f.Selections)
	if w == nil {
		return nil
	}
	return func(x *writing, b []byte, s *Sync) []byte {
		run, err := latestRunOf(x.ctx, s.ID)
		switch {
		case err != nil:
			return nil
		case run == nil:
			return appendNull(b)
		}
		return w(x, b, run)
	}
}

// writeSyncOfRun is SyncRun.sync.
func writeSyncOfRun(c *compiler, f graphql.CollectedField) writer[run] {
	w, record := syncOfRunObject.writer(c, f.Selections), asksRecord(c.op, f)
	if w == nil {
		return nil
	}
	return func(x *writing, b []byte, r run) []byte {
		s := Sync{ID: r.SyncID}
		if record {
			if s.record, s.err = loadersOf(x.ctx).syncs.get(x.ctx, s.ID); s.err != nil {
				return nil
			}
		}
		return w(x, b, &s)
	}
}
