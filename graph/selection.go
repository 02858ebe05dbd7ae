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

// asked is a field with what it asks of the syncs it answers with.
type asked struct {
	graphql.CollectedField
	record bool          // what only their records tell
	of     []askedOfSync // in the order in which it stands there
}

// askedOfSync is a field of a sync.
type askedOfSync struct {
	graphql.CollectedField
	record bool            // of runs: what only the records of their syncs tell
	sides  []upstream.Side // the connections of which it asks for what only the list of all tells
}

// asks reads from the text of op what f asks.
func asks(op *graphql.OperationContext, f graphql.CollectedField) asked {
	a := asked{CollectedField: f, record: asksRecord(op, f)}
	for _, f := range syncFields(op, f) {
		of := askedOfSync{CollectedField: f}
		switch f.Name {
		case "runs", "latestRun":
			of.record = asksRecordOfRuns(op, f)
		case "source", "destination":
			of.sides = asksConnection(op, f)
		}
		a.of = append(a.of, of)
	}
	return a
}

// asksHere is what the field of ctx asks.
func asksHere(ctx context.Context) asked {
	return asks(graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field)
}

// syncFields are the fields that f, which answers with a sync or a connection
// of syncs, asks of each.
func syncFields(op *graphql.OperationContext, f graphql.CollectedField) (fields []graphql.CollectedField) {
	for _, f := range graphql.CollectFields(op, f.Selections, []string{syncType, "Node", "SyncConnection", "SyncEdge"}) {
		switch f.Name {
		case "nodes", "edges", "node":
			fields = append(fields, syncFields(op, f)...)
		default:
			fields = append(fields, f)
		}
	}
	return fields
}

// asksRecordOfRuns tells whether f, which answers with runs, asks of their syncs
// what only the syncs' records tell.
func asksRecordOfRuns(op *graphql.OperationContext, f graphql.CollectedField) bool {
	for _, f := range graphql.CollectFields(op, f.Selections, []string{syncRunType, "Node", "SyncRunConnection", "SyncRunEdge"}) {
		switch f.Name {
		case "nodes", "edges", "node":
			if asksRecordOfRuns(op, f) {
				return true
			}
		case "sync":
			if asksRecord(op, f) {
				return true
			}
		}
	}
	return false
}

// asksRecord tells whether f asks of its syncs what only their records tell.
func asksRecord(op *graphql.OperationContext, f graphql.CollectedField) bool {
	for _, f := range syncFields(op, f) {
		switch f.Name {
		case "id", "databaseId", "runs", "latestRun", "runStats", "url", "__typename": // of a sync
		case "cursor", "pageInfo", "totalCount": // of a connection
		default:
			return true
		}
	}
	return false
}
