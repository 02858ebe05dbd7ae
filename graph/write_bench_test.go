package graph

import (
	"context"
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"census-gateway/upstream"
)

// BenchmarkWrite measures a hundred runs that write themselves, and what each of
// their fields takes.
func BenchmarkWrite(b *testing.B) {
	text := func(s string) *string { return &s }
	rows := make([]upstream.SyncRun, 100)
	for i := range rows {
		at := upstream.DateTime(1_634_698_267_546 + 37_000*i)
		count := func(n int) upstream.Count { return upstream.Count{N: int64(n), Known: true} }
		rows[i] = upstream.SyncRun{ID: upstream.SyncRunID(4250 + i), SyncID: 52, Status: upstream.StatusCompleted, RawStatus: "completed",
			CreatedAt: at, UpdatedAt: at + 81_000, CompletedAt: at + 80_000, ScheduledExecutionTime: at,
			SourceRecordCount: count(15 + 13*i), SourceRecordUpdates: count(12 + 10*i), SourceRecordDeletes: count(i % 5), SourceRecordInvalids: count(i % 2),
			RecordsInvalid: count(i % 2), RecordsProcessed: count(12 + 10*i), RecordsUpdated: count(11 + 10*i), RecordsFailed: count(i % 3),
			SyncTriggerReason: &upstream.SyncTriggerReason{UITag: text("Manual"), UIDetail: text("Manually triggered by test@getcensus.com")}}
		if i%7 == 3 {
			rows[i].ErrorCode, rows[i].ErrorMessage = text("JSON_ARRAY_ERROR"), text("The array field being used does not appear to be valid JSON...")
			rows[i].ErrorDetail = text(`Please make sure the field "custom_field:Users" with value "jim" is formatted as a JSON Array...`)
		}
	}
	runs := &SyncRunConnection{list: 1, newestFirst: true, slice: upstream.Slice[upstream.SyncRun]{Rows: rows, Total: 250, First: 150}}
	exec := executor.New(NewExecutableSchema(Config{}))
	const every = `id createdAt updatedAt completedAt errorCode errorMessage errorDetail status syncId sourceRecordCount recordsFailed
		sourceRecordUpdates sourceRecordDeletes sourceRecordInvalids recordsInvalid recordsProcessed recordsUpdated
		scheduledExecutionTime fullSync syncTriggerReason { uiTag uiDetail } canceled currentStep`
	for _, c := range []struct{ name, fields string }{
		{"every", "cursor node { " + every + " }"}, {"cursor", "cursor"}, {"id", "node { id }"}, {"createdAt", "node { createdAt }"},
		{"status", "node { status }"}, {"recordsFailed", "node { recordsFailed }"}, {"fullSync", "node { fullSync }"}, {"errorCode", "node { errorCode }"},
		{"trigger", "node { syncTriggerReason { uiDetail } }"},
	} {
		b.Run(c.name, func(b *testing.B) {
			ctx := graphql.StartOperationTrace(context.Background())
			op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: fmt.Sprintf("{ sync(id: 1) { runs { edges { %s } } } }", c.fields)})
			if errs != nil {
				b.Fatal(errs)
			}
			compiler := &compiler{op: op}
			fields := graphql.CollectFields(op, op.Operation.SelectionSet, nil)
			fields = graphql.CollectFields(op, fields[0].Selections, nil)
			w := runConnectionObject.writer(compiler, fields[0].Selections)
			x := &writing{ctx: ctx, op: op, slots: make([]any, compiler.slots), held: 1 << 30}
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				text := write(x, w, runs)
				n = len(*text)
				reuse(text)
			}
			b.SetBytes(int64(n))
		})
	}
}
