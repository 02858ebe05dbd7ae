package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/upstream"
)

// noContext reaches the generated code that reads arguments, which uses nothing
// of an execution context.
var noContext *executionContext

// pageOf takes the Relay arguments from those of a connection.
func pageOf(args map[string]any) pageArgs {
	return pageArgs{args["first"].(*int), args["after"].(*string), args["last"].(*int), args["before"].(*string)}
}

// latest is the window of a sync's newest run.
var latest = upstream.Window{Limit: 1}

// runsNewestFirst is the direction of a list of runs: newest first unless asked otherwise.
func runsNewestFirst(o *SyncRunOrder) bool { return o == nil || o.Direction == OrderDirectionDesc }

// syncFields are the fields that f, which answers with a sync or a connection
// of syncs, asks of each.
func syncFields(ctx context.Context, f graphql.CollectedField) (fields []graphql.CollectedField) {
	op := graphql.GetOperationContext(ctx)
	for _, f := range graphql.CollectFields(op, f.Selections, []string{syncType, "Node", "SyncConnection", "SyncEdge"}) {
		switch f.Name {
		case "nodes", "edges", "node":
			fields = append(fields, syncFields(ctx, f)...)
		default:
			fields = append(fields, f)
		}
	}
	return fields
}

// asksRecordOfRuns tells whether f, which answers with runs, asks of their syncs
// what only the syncs' records tell.
func asksRecordOfRuns(ctx context.Context, f graphql.CollectedField) bool {
	op := graphql.GetOperationContext(ctx)
	for _, f := range graphql.CollectFields(op, f.Selections, []string{syncRunType, "Node", "SyncRunConnection", "SyncRunEdge"}) {
		switch f.Name {
		case "nodes", "edges", "node":
			if asksRecordOfRuns(ctx, f) {
				return true
			}
		case "sync":
			if asksRecord(ctx, f) {
				return true
			}
		}
	}
	return false
}

// asksRecord tells whether f asks of its syncs what only their records tell.
func asksRecord(ctx context.Context, f graphql.CollectedField) bool {
	for _, f := range syncFields(ctx, f) {
		switch f.Name {
		case "id", "databaseId", "runs", "latestRun", "runStats", "url", "__typename": // of a sync
		case "cursor", "pageInfo", "totalCount": // of a connection
		default:
			return true
		}
	}
	return false
}
