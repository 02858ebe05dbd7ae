package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"pgregory.net/rapid"

	"census-gateway/graph/documents"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/sim"
)

// Every answer equals that of gqlgen's own execution, with the same errors, and takes no
// more calls to Census.
func TestAnswersAgreeWithGenerated(t *testing.T) {
	now := time.Date(2026, 1, 7, 20, 43, 9, 0, time.UTC)
	census := sim.New(sim.Options{Seed: 1, Now: func() time.Time { return now }})
	census.Inject(sim.Fault{Do: sim.JSON(500, "{}"), Match: func(r *http.Request) bool { return r.URL.Path == "/api/v1/syncs/74/sync_runs" }})
	run := census.Runs(52)[0].ID
	roots := []string{
		"sync(id: 52) -> Sync", `sync(id: "Sync:60") -> Sync`, "sync(id: 74) -> Sync", "sync(id: 999999) -> Sync", `sync(id: "x") -> Sync`,
		"syncs(ids: [52, 60, 52]) -> SyncConnection", "syncs(ids: [52, 74], first: 1) -> SyncConnection", "syncs(ids: [60, 999999]) -> SyncConnection",
		"syncs(ids: [60, 999999, 52], filter: {paused: false}) -> SyncConnection",
		"syncRuns(syncIds: [52, 60], first: 5) -> SyncRunConnection", "syncRuns(syncIds: [52, 74], last: 2) -> SyncRunConnection",
		`syncRuns(syncIds: [52, 74], first: 3, filter: {createdSince: "2026-01-06T00:00:00Z", outcomes: [FAILED]}) -> SyncRunConnection`,
		"syncs(first: 2) -> SyncConnection", "syncs(first: 2, orderBy: {field: LABEL, direction: ASC}) -> SyncConnection",
		"syncs(ids: [52, 60, 74], orderBy: {field: HEALTH}) -> SyncConnection",
		"syncs(last: 1, filter: {paused: false}) -> SyncConnection", "syncs(first: -1) -> SyncConnection",
		"syncRun(id: " + strconv.FormatInt(run, 10) + ") -> SyncRun", "syncRun(id: 1) -> SyncRun",
		`node(id: "Sync:60") -> Node`, `node(id: "SyncRun:1") -> Node`, fmt.Sprintf(`nodes(ids: ["SyncRun:%d", "Sync:999999", "x", "Sync:52"]) -> Node`, run),
		`syncRunStats(syncIds: [52, 74], filter: {createdSince: "2026-01-06T00:00:00Z"}) -> SyncRunStats`,
		`syncRunStats(syncIds: [74], filter: {createdSince: "2026-01-06T00:00:00Z"}) -> SyncRunStats`,
		"__schema -> __Schema", `__type(name: "Sync") -> __Type`, `__type(name: "x") -> __Type`,
	}
	resolver := &Resolver{appURL: "https://census.test/?\"<&"}
	own, generated := newSchema(resolver), NewExecutableSchema(Config{Resolvers: oracle{resolver}})
	parsed := documents.NewParsed()
	both := []*executor.Executor{newExecutor(generated, parsed, now), newExecutor(own, parsed, now)}
	rapid.Check(t, func(t *rapid.T) {
		q := queryGenerator{T: t, schema: own.Schema(), roots: roots}
		query := q.document()
		var texts []string
		var calls []int
		for _, server := range append(both, both[1]) { // the second time with the compiled plan
			text, n := execute(t, server, census, query)
			texts, calls = append(texts, text), append(calls, n)
		}
		if texts[0] != texts[1] || texts[1] != texts[2] {
			t.Fatalf("query %s\ngenerated: %s\nown:       %s\nand then:  %s", query, texts[0], texts[1], texts[2])
		}
		// Three differences in calls are allowed. gqlgen resolves some fields one after the
		// other, so a field may find the pages of another in memory; here both are requested at
		// once. The runs of a sync are requested together with its record, even if the sync does
		// not exist. Expected values of a run, and counts by health, may request the newest 25
		// runs one turn after a field that requested fewer.
		later := strings.Contains(query, "expected") || strings.Contains(query, "healthCounts")
		if alone := strings.Count(query, " q") == 1 && !strings.Contains(query, "999999") && !later; alone && calls[1] > calls[0] {
			t.Fatalf("query %s\n%d calls to Census, generated %d", query, calls[1], calls[0])
		}
	})
}

// Whether a sync that Census does not know is null depends on the fields selected. Each field
// alone gives the answer of gqlgen's execution.
func TestUnknownSyncsAgreeWithGenerated(t *testing.T) {
	now := time.Date(2026, 1, 7, 20, 43, 9, 0, time.UTC)
	census := sim.New(sim.Options{Seed: 1, Now: func() time.Time { return now }})
	resolver := &Resolver{}
	own, parsed := newSchema(resolver), documents.NewParsed()
	servers := [2]*executor.Executor{newExecutor(NewExecutableSchema(Config{Resolvers: oracle{resolver}}), parsed, now), newExecutor(own, parsed, now)}
	for _, f := range own.Schema().Types[syncType].Fields {
		selection := f.Name
		for i, a := range f.Arguments {
			if a.Type.NonNull && a.DefaultValue == nil {
				selection += map[bool]string{true: "(", false: ", "}[i == 0] + a.Name + ": {}"
			}
		}
		if strings.Contains(selection, "(") {
			selection += ")"
		}
		if own.Schema().Types[f.Type.Name()].IsCompositeType() {
			selection += " { __typename }"
		}
		query := "{ sync(id: 999999) { " + selection + " } }"
		generated, _ := execute(t, servers[0], census, query)
		if got, _ := execute(t, servers[1], census, query); got != generated {
			t.Errorf("%s\ngenerated: %s\nown:       %s", query, generated, got)
		}
	}
}

type clientKey struct{}

// newExecutor returns a server of schema for execute.
func newExecutor(schema graphql.ExecutableSchema, parsed *documents.Parsed, now time.Time) *executor.Executor {
	server := executor.New(schema)
	server.SetQueryCache(parsed)
	server.Use(parsed)
	server.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		graphql.GetOperationContext(ctx).DisableIntrospection = false
		client := ctx.Value(clientKey{}).(*upstream.Client)
		options := &Options{Now: func() time.Time { return now }}
		options.setDefaults()
		return next(withLoaders(ctx, client, options))
	})
	server.SetErrorPresenter(func(ctx context.Context, err error) *gqlerror.Error {
		e := graphql.DefaultErrorPresenter(ctx, err)
		e.Extensions = map[string]any{"type": fmt.Sprintf("%T", e.Err), "code": e.Extensions["code"]}
		return e
	})
	return server
}

// A testOrRapid test is one by testing or by rapid.
type testOrRapid interface {
	Context() context.Context
	Fatalf(format string, args ...any)
	SkipNow()
}

// execute returns the answer of server, with its errors sorted, and the number of calls to Census.
// Nothing is in memory before.
func execute(t testOrRapid, server *executor.Executor, census *sim.Census, query string) (text string, made int) {
	client := upstream.New("token", upstream.Options{BaseURL: sim.Base(), Transport: census.Transport(), PageCache: 8 << 20, Freshness: time.Hour,
		Observe: func(ctx context.Context, _ string) (context.Context, func(calls.Call)) {
			return ctx, func(c calls.Call) { notes.Of(ctx).Called(c.Tries) }
		}})
	ctx, record := notes.With(context.WithValue(t.Context(), clientKey{}, client))
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := server.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: map[string]any{"yes": true, "no": false}})
	if errs != nil {
		if strings.Contains(errs.Error(), "introspection depth") || strings.Contains(errs.Error(), "conflict") {
			t.SkipNow()
		}
		t.Fatalf("%s: %v", query, errs)
	}
	next, ctx := server.DispatchOperation(ctx, op)
	resp := next(ctx)
	slices.SortFunc(resp.Errors, func(a, b *gqlerror.Error) int {
		return cmp.Or(cmp.Compare(a.Path.String(), b.Path.String()), cmp.Compare(a.Message, b.Message))
	})
	var out strings.Builder
	fmt.Fprintf(&out, "%s", resp.Data)
	for _, e := range resp.Errors {
		if invalid := (*graphql.InvalidNullError)(nil); errors.As(e, &invalid) || e.Message == "must not be null" {
			fmt.Fprintf(&out, "\n\t%s: must not be null", e.Path)
			continue
		}
		fmt.Fprintf(&out, "\n\t%s: %s %v", e.Path, e.Message, e.Extensions)
	}
	return out.String(), record.Calls()
}
