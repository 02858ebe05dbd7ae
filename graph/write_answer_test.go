package graph

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"pgregory.net/rapid"

	"census-gateway/graph/documents"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// Whatever is asked of syncs and runs, the answer that writes itself is the one
// that generated execution gives, and takes no more calls to Census.
func TestAnswersWriteThemselvesAsGenerated(t *testing.T) {
	now := time.Date(2026, 1, 7, 20, 43, 9, 0, time.UTC)
	census := sim.New(sim.Options{Seed: 1, Now: func() time.Time { return now }})
	census.Inject(sim.Fault{Do: sim.JSON(500, "{}"), Match: func(r *http.Request) bool { return r.URL.Path == "/api/v1/syncs/74/sync_runs" }})
	type clientKey struct{}
	fresh := func(ctx context.Context) (context.Context, *Record) { // what one of the ways has read is nothing to the other
		client := upstream.New("token", upstream.Options{BaseURL: "http://census.test/api/v1", Transport: census.Transport(), PageCache: 8 << 20, Freshness: time.Hour,
			Observe: func(ctx context.Context, _ string) (context.Context, func(upstream.Call)) {
				return ctx, func(c upstream.Call) { RecordOf(ctx).Called(c.Tries) }
			}})
		return WithRecord(context.WithValue(ctx, clientKey{}, client))
	}
	resolver := &Resolver{appURL: "https://census.test"}
	schema, parsed := selfWriting{NewExecutableSchema(Config{Resolvers: resolver}), resolver}, documents.NewParsed()
	server := func(watched bool) *executor.Executor {
		exec := executor.New(schema)
		exec.SetQueryCache(parsed)
		exec.Use(parsed)
		exec.Use(schema)
		exec.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
			ctx = withLoaders(ctx, ctx.Value(clientKey{}).(*upstream.Client), &Options{ReadLimit: scanPages, Now: func() time.Time { return now },
				OnBatch: func(ctx context.Context, _ string, _ int) (context.Context, func(error)) { return ctx, func(error) {} }})
			readAhead(ctx)
			return next(ctx)
		})
		if watched {
			exec.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) })
		}
		return exec
	}
	generated, free := server(true), server(false)
	run := census.Runs(52)[0].ID
	roots := []string{
		"sync(id: 52) -> Sync", `sync(id: "Sync:60") -> Sync`, "sync(id: 74) -> Sync", "sync(id: 999999) -> Sync", `sync(id: "x") -> Sync`,
		"syncs(ids: [52, 60, 52]) -> SyncConnection", "syncs(ids: [52, 74], first: 1) -> SyncConnection", "syncs(ids: [60, 999999]) -> SyncConnection",
		"syncRuns(syncIds: [52, 60], first: 5) -> SyncRunConnection", "syncRuns(syncIds: [52, 74], last: 2) -> SyncRunConnection",
		"syncs(first: 2) -> SyncConnection", "syncs(first: 2, orderBy: {field: LABEL, direction: ASC}) -> SyncConnection",
		"syncs(last: 1, filter: {paused: false}) -> SyncConnection", "syncs(first: -1) -> SyncConnection",
		"syncRun(id: " + strconv.FormatInt(run, 10) + ") -> SyncRun", "syncRun(id: 1) -> SyncRun",
	}
	ctx, _ := fresh(t.Context())
	whole := "{ sync(id: 52) { label url latestRun { id } runs(first: 3) { nodes { status sync { label } } } } syncs(first: 2) { nodes { source { connectionName } } } " +
		"syncRun(id: " + strconv.FormatInt(run, 10) + ") { outcome } }"
	if _, _, resolved := answer(ctx, t, free, whole); resolved != 0 {
		t.Errorf("%d resolvers were called for what can write itself: %s", resolved, whole)
	}
	var calls, callsGenerated int
	rapid.Check(t, func(t *rapid.T) {
		q := asker{T: t, schema: schema.Schema(), roots: roots}
		query := q.document()
		ctx, most := fresh(t.Context())
		want, _, _ := answer(ctx, t, generated, query)
		ctx, made := fresh(t.Context())
		got, _, _ := answer(ctx, t, free, query)
		took := made.CensusCalls()
		again, _, _ := answer(ctx, t, free, query) // as it was compiled before
		if again != got {
			t.Fatalf("query %s\nat first: %s\nand then: %s", query, got, again)
		}
		if got != want {
			t.Fatalf("query %s\nby itself: %s\ngenerated: %s", query, got, want)
		}
		calls, callsGenerated = calls+took, callsGenerated+most.CensusCalls()
	})
	// Which of two reads of a list comes first is luck, and costs a call in one of a hundred answers.
	if calls > callsGenerated*21/20+10 {
		t.Errorf("%d calls to Census, %d generated", calls, callsGenerated)
	}
}
