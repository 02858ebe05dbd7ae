package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"pgregory.net/rapid"

	"census-gateway/graph/stats"
	"census-gateway/upstream"
)

// Whatever is asked of runs, they write of themselves what generated execution
// would have written: the same bytes, and the same errors.
func TestWriteAsGenerated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		resolver := &Resolver{appURL: rapid.SampledFrom([]string{"", "https://app.getcensus.com", "https://x/?\"<&"}).Draw(t, "app")}
		schema := NewExecutableSchema(Config{Resolvers: cannedResolvers{resolver, drawConnection(t), drawRun(t)}})

		// What may look at fields keeps them from writing themselves.
		watched := executor.New(schema)
		watched.Use(selfWriting{resolver: resolver})
		watched.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) })
		free := executor.New(schema)
		free.Use(selfWriting{resolver: resolver})

		if _, some, _ := answer(t.Context(), t, free, "{ sync(id: 52) { runs { totalCount } latestRun { status } } }"); some == 0 {
			t.Fatal("nothing writes itself")
		}
		for range 20 {
			q := asker{T: t, schema: schema.Schema()}
			query := q.document()
			want, none, _ := answer(t.Context(), t, watched, query)
			got, _, _ := answer(t.Context(), t, free, query)
			if none != 0 {
				t.Fatal("something wrote itself although its fields are watched")
			}
			if got != want {
				t.Fatalf("query %s\nby itself: %s\ngenerated: %s", query, got, want)
			}
		}
	})
}

// answer is all that exec answers, errors and deferred parts sorted, and how
// many results wrote themselves and how many resolvers were called.
func answer(ctx context.Context, t rapid.TB, exec *executor.Executor, query string) (text string, written, resolved int) {
	exec.SetErrorPresenter(func(ctx context.Context, err error) *gqlerror.Error {
		e := graphql.DefaultErrorPresenter(ctx, err)
		e.Extensions = map[string]any{"code": fmt.Sprintf("%T", e.Err)}
		return e
	})
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: map[string]any{"yes": true, "no": false}})
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	var writes, resolves atomic.Int64
	resolve := op.ResolverMiddleware
	op.ResolverMiddleware = func(ctx context.Context, next graphql.Resolver) (any, error) {
		v, err := resolve(ctx, next)
		resolves.Add(1)
		if fmt.Sprintf("%T", v) == "*graph.written" {
			writes.Add(1)
		}
		return v, err
	}
	next, ctx := exec.DispatchOperation(ctx, op)
	var parts []string
	for resp := next(ctx); resp != nil; resp = next(ctx) {
		slices.SortFunc(resp.Errors, func(a, b *gqlerror.Error) int {
			return cmp.Or(cmp.Compare(a.Path.String(), b.Path.String()), cmp.Compare(a.Message, b.Message))
		})
		text := fmt.Sprintf("%s %s %s", resp.Label, resp.Path, resp.Data)
		for _, e := range resp.Errors {
			text += fmt.Sprintf("\n\t%s: %s %v %v", e.Path, e.Message, e.Locations, e.Extensions)
		}
		parts = append(parts, text)
	}
	slices.Sort(parts[1:])
	return strings.Join(parts, "\n"), int(writes.Load()), int(resolves.Load())
}

// cannedResolvers resolve every sync and run to the same values.
type cannedResolvers struct {
	*Resolver
	connection *SyncRunConnection
	run        run
}

func (r cannedResolvers) Query() QueryResolver { return cannedQuery{&queryResolver{}, r} }
func (r cannedResolvers) Sync() SyncResolver   { return cannedSync{&syncResolver{}, r} }
func (r cannedResolvers) SyncRun() SyncRunResolver {
	return cannedSyncRun{&syncRunResolver{r.Resolver}}
}

type cannedQuery struct {
	*queryResolver
	r cannedResolvers
}

func (q cannedQuery) Node(context.Context, string) (Node, error)   { return q.r.run, nil }
func (q cannedQuery) Sync(context.Context, string) (*Sync, error)  { return &Sync{ID: 52}, nil }
func (q cannedQuery) SyncRun(context.Context, string) (run, error) { return q.r.run, nil }
func (q cannedQuery) Nodes(context.Context, []string) ([]Node, error) {
	return []Node{q.r.run, nil}, nil
}

type cannedSync struct {
	*syncResolver
	r cannedResolvers
}

func (s cannedSync) LatestRun(context.Context, *Sync) (run, error) { return s.r.run, nil }

func (s cannedSync) Runs(context.Context, *Sync, *stats.Filter, *SyncRunOrder, *int, *string, *int, *string) (*SyncRunConnection, error) {
	return s.r.connection, nil
}

type cannedSyncRun struct{ *syncRunResolver }

func (cannedSyncRun) Sync(_ context.Context, r run) (*Sync, error) { return &Sync{ID: r.SyncID}, nil }

// An asker draws documents that are valid in a schema.
type asker struct {
	*rapid.T
	schema    *ast.Schema
	fragments []string
	defers    bool
	// Without directives, what is compiled is kept.
	undirected bool
	roots      []string // fields of Query to draw from, each with an alias of its own; nil: what cannedResolvers know
}

// runsArguments are what may stand behind Sync.runs.
var runsArguments = []string{"", "(first: 3)", "(last: 2)", "(first: 0)", "(first: 7, orderBy: {direction: ASC})", "(first: -1)", `(after: "no")`,
	"(filter: {})", "(filter: null, first: 2)", "(first: 2, filter: {outcomes: [FAILED]})"}

func (q *asker) document() string {
	if q.roots != nil {
		var query strings.Builder
		if q.undirected = rapid.Bool().Draw(q.T, "undirected"); q.undirected {
			query.WriteString("{ v: __typename")
		} else {
			query.WriteString("query ($yes: Boolean = true, $no: Boolean = false) { v: __typename @include(if: $yes) @skip(if: $no)")
		}
		for _, root := range rapid.SliceOfNDistinct(rapid.SampledFrom(q.roots), 0, 3, rapid.ID).Draw(q.T, "roots") {
			field, name, _ := strings.Cut(root, " -> ")
			fmt.Fprintf(&query, " q%d: %s%s%s", slices.Index(q.roots, root), field, q.directive(false), q.selection(name, 0))
		}
		return query.String() + " }" + strings.Join(q.fragments, "")
	}
	root := rapid.SampledFrom([]string{"s: sync(id: 52)", "s: sync(id: 52)", "s: sync(id: 52)", "r: syncRun(id: 94)", "node(id: 94)", "nodes(ids: [94])"}).Draw(q.T, "root")
	name := map[string]string{"s": "Sync", "r": "SyncRun", "n": "Node"}[root[:1]]
	query := "query ($yes: Boolean = true, $no: Boolean = false) { v: __typename @include(if: $yes) @skip(if: $no) " + root + q.selection(name, 0) + " }"
	return query + strings.Join(q.fragments, "")
}

// selection draws what to ask of the type with a name.
func (q *asker) selection(name string, depth int) string {
	def := q.schema.Types[name]
	var out []string
	for range rapid.IntRange(1, 6).Draw(q.T, "selections") {
		kind := rapid.IntRange(0, 9).Draw(q.T, "kind")
		switch {
		case kind < 7 || depth > 6:
			out = append(out, q.field(def, depth))
		case kind == 7:
			out = append(out, "..."+q.condition(def, "on ")+q.directive(true)+q.selection(name, depth+1))
		case kind == 8 && (name == "SyncRun" || name == "Sync"):
			out = append(out, "... on Node "+q.directive(true)+"{ __typename id }")
		default:
			n := len(q.fragments)
			q.fragments = append(q.fragments, "")
			on := q.condition(def, "")
			if on == "" {
				on = name
			}
			q.fragments[n] = fmt.Sprintf(" fragment f%d on %s%s", n, on, q.selection(name, depth+1))
			for range rapid.IntRange(1, 2).Draw(q.T, "times") {
				out = append(out, fmt.Sprintf("...f%d %s", n, q.directive(true)))
			}
		}
	}
	return " { " + strings.Join(out, " ") + " } "
}

// condition draws a type condition: the type's own, or none.
func (q *asker) condition(def *ast.Definition, on string) string {
	if rapid.Bool().Draw(q.T, "condition") {
		return on + def.Name + " "
	}
	return ""
}

func (q *asker) field(def *ast.Definition, depth int) string {
	if def.Name == "Node" && depth < 5 && rapid.Bool().Draw(q.T, "concrete") {
		return "... on SyncRun" + q.selection("SyncRun", depth+1)
	}
	names := []string{"__typename"}
	for _, f := range def.Fields {
		switch {
		case q.roots != nil && f.Name != "runStats" && (f.Name != "health" || rapid.IntRange(0, 19).Draw(q.T, "health") == 0):
			names = append(names, f.Name)
		case strings.HasPrefix(f.Name, "__"), f.Name == "sync" && rapid.IntRange(0, 9).Draw(q.T, "resolver") > 0:
		case def.Name == "Sync" && f.Name != "runs" && f.Name != "latestRun" && f.Name != "id":
		default:
			names = append(names, f.Name)
		}
	}
	name := rapid.SampledFrom(names).Draw(q.T, "field")
	text := name
	if n := rapid.IntRange(0, 3).Draw(q.T, "alias"); n > 1 {
		text = fmt.Sprintf("%s_%d: %s", name, n, name)
	}
	if name == "runs" && q.roots != nil { // fields merge only if their arguments are the same
		args := rapid.SampledFrom(runsArguments).Draw(q.T, "arguments")
		text = fmt.Sprintf("r%d: runs%s", slices.Index(runsArguments, args), args)
	}
	text += " " + q.directive(false)
	if f := def.Fields.ForName(name); f != nil && q.schema.Types[f.Type.Name()].IsCompositeType() {
		if depth > 7 {
			return text + "{ __typename }"
		}
		text += q.selection(f.Type.Name(), depth+1)
	}
	return text
}

func (q *asker) directive(fragment bool) string {
	if q.undirected {
		return ""
	}
	list := []string{"", "", "", "", "", "@include(if: true) ", "@include(if: $yes) ", "@skip(if: $no) ", "@skip(if: $yes) ", "@include(if: false) @skip(if: $no) "}
	if fragment {
		list = append(list, `@defer(if: $no) `)
		if !q.defers && rapid.IntRange(0, 19).Draw(q.T, "defer") == 0 {
			q.defers = true // once: what two parts share, gqlgen gives to either
			return "@defer "
		}
	}
	return rapid.SampledFrom(list).Draw(q.T, "directive")
}

func drawConnection(t *rapid.T) *SyncRunConnection {
	c := &SyncRunConnection{list: sumOf([]byte("runs/52/desc")), newestFirst: rapid.Bool().Draw(t, "newest first")}
	for range rapid.SampledFrom([]int{0, 1, 2, 5}).Draw(t, "runs") {
		c.slice.Rows = append(c.slice.Rows, *drawRun(t))
	}
	c.slice.First = rapid.IntRange(0, 1000).Draw(t, "first")
	c.slice.Total = c.slice.End() + rapid.IntRange(0, 1000).Draw(t, "more")
	c.slice.More = rapid.Bool().Draw(t, "goes on")
	return c
}

func drawRun(t *rapid.T) run {
	text := func(name string) string {
		return rapid.OneOf(rapid.SampledFrom([]string{"", "completed", "Dry Run", "\"\\/<>&\u2028\u2029\x7f", "\x00\t\n\r\b\x1f", "\xff\xc3\x28 Zo\xeb", "héllo 😀", "ends with \\"}),
			rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) })).Draw(t, name)
	}
	optional := func(name string) *string {
		if rapid.Bool().Draw(t, name+" null") {
			return nil
		}
		return new(text(name))
	}
	rare := func(name string, often int64) upstream.DateTime { // and now and then a null
		if rapid.Int64Range(0, often).Draw(t, name+" null") == 0 {
			return 0
		}
		return upstream.DateTime(rapid.Int64Range(1, 253402300799999).Draw(t, name))
	}
	count := func(name string) upstream.Count {
		return upstream.Count{N: rapid.Int64().Draw(t, name), Known: rapid.Bool().Draw(t, name+" known")}
	}
	r := &upstream.SyncRun{
		ID: upstream.SyncRunID(rapid.Int64().Draw(t, "id")), SyncID: upstream.SyncID(rapid.Int64().Draw(t, "sync id")),
		Status:    rapid.SampledFrom([]upstream.SyncRunStatus{upstream.StatusQueued, upstream.StatusCompleted, upstream.StatusUnknown}).Draw(t, "status"),
		RawStatus: text("raw status"), CreatedAt: rare("created", 12), UpdatedAt: rare("updated", 12), CompletedAt: rare("completed", 2),
		ScheduledExecutionTime: rare("scheduled", 2),
		ErrorCode:              optional("code"), ErrorMessage: optional("message"), ErrorDetail: optional("detail"), CurrentStep: optional("step"),
		SourceRecordCount: count("a"), SourceRecordUpdates: count("b"), SourceRecordDeletes: count("c"), SourceRecordInvalids: count("d"),
		RecordsInvalid: count("e"), RecordsProcessed: count("f"), RecordsUpdated: count("g"), RecordsFailed: count("h"),
		FullSync: rapid.Bool().Draw(t, "full"), Canceled: rapid.Bool().Draw(t, "canceled"),
	}
	if rapid.Bool().Draw(t, "reason") {
		r.SyncTriggerReason = &upstream.SyncTriggerReason{UITag: optional("tag"), UIDetail: optional("detail")}
	}
	return r
}
