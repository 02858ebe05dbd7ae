package limits

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

const testSDL = `
interface Node { id: ID! }
interface Listed { runs(first: Int, last: Int): RunConnection }
type Query {
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  listed: Listed
  sync(id: ID!): Sync
  syncs(ids: [ID!], first: Int = 25, last: Int, order: Order): SyncConnection!
  judged(ids: [ID!], first: Int, order: Order): SyncConnection!
}
type Subscription { runChanged: Run! }
type Sync implements Node & Listed {
  id: ID!
  label: String
  runs(first: Int, last: Int, filter: Filter): RunConnection
  latestRun: Run
  head: Run
  recent(first: Int, order: Order): [Run!]
  judged(first: Int, order: Order): SyncConnection!
  from: String
  to: String
}
type Group implements Listed { runs(first: Int, last: Int): RunConnection }
type SyncConnection { nodes: [Sync!]! edges: [SyncEdge!]! totalCount: Int }
type SyncEdge { node: Sync! }
type RunConnection { nodes: [Run!]! totalCount: Int }
type Run implements Node { id: ID! sync: Sync! }
input Filter { since: String errorCodes: [String!] }
enum Order { CREATED LABEL }
`

func testSchema() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Name: "test.graphqls", Input: testSDL})
}

func testPrices() Prices {
	runs := Size(25)
	return Prices{
		"Query.nodes":          {Pages: Size(0, "ids"), Items: Size(0, "ids")},
		"Query.sync":           {Pages: Fixed(1)},
		"Query.syncs":          {Pages: PagesOf(Size(25, "ids"), 100), Items: Size(25, "ids")},
		"Sync.runs":            {Pages: PagesOf(runs, 100), Items: runs},
		"Group.runs":           {Pages: Fixed(7), Items: runs},
		"Sync.latestRun":       {Pages: Fixed(1)},
		"Query.judged":         {Pages: Fixed(1), Items: Size(25, "ids"), Parts: healthParts},
		"Sync.judged":          {Items: runs, Parts: healthParts},
		"Sync.head":            {Pages: Fixed(1), Part: func(Args) (string, int) { return "newest", 1 }},
		"Sync.recent":          {Pages: PagesOf(runs, 100), Items: runs, Part: recentPart, PerPage: 100},
		"SyncConnection.nodes": {Same: true},
		"SyncConnection.edges": {Same: true},
		"SyncEdge.node":        {Same: true},
		"Sync.from":            {Pages: Fixed(2), Shared: "places"},
		"Sync.to":              {Pages: Fixed(3), Shared: "places"},
	}
}

// healthParts returns the newest page of each object for lists ordered by label.
func healthParts(a Args) Parts {
	n, named := a.Len("ids")
	if !named {
		n = 60
	}
	if a.Value("order") != "LABEL" {
		n = 0
	}
	return Parts{Part: "newest", Pages: n, Whole: !named, Reach: 25}
}

func recentPart(a Args) (string, int) {
	if a.Value("order") == "LABEL" {
		return "", 0
	}
	return "newest", Size(25)(a)
}

func newGuard(tb testing.TB, opt Options) *Guard {
	tb.Helper()
	g, err := New(testSchema(), testPrices(), opt)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// measure validates query and measures it with g.
func measure(t *testing.T, g *Guard, query string, vars map[string]any) (Stats, *Refusal) {
	t.Helper()
	doc, op, vars := load(t, query, vars)
	stats, refused, _ := g.measure(doc, op, vars)
	return stats, refused
}

func load(tb testing.TB, query string, vars map[string]any) (*ast.QueryDocument, *ast.OperationDefinition, map[string]any) {
	tb.Helper()
	schema := testSchema()
	doc, errs := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules())
	if len(errs) > 0 {
		tb.Fatalf("%v\n%.300s", errs, query)
	}
	vars, err := validator.VariableValues(schema, doc.Operations[0], vars)
	if err != nil {
		tb.Fatal(err)
	}
	return doc, doc.Operations[0], vars
}

// loadUnchecked parses query without validating it.
func loadUnchecked(tb testing.TB, query string) *ast.QueryDocument {
	tb.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// repeat writes s n times and replaces every % by the number of the round.
func repeat(s string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(s, "%", itoa(i)))
		b.WriteByte(' ')
	}
	return b.String()
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// stubSchema answers every operation with whether introspection is allowed.
type stubSchema struct {
	schema   *ast.Schema
	executed atomic.Int64
}

func (s *stubSchema) Schema() *ast.Schema { return s.schema }

func (s *stubSchema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (s *stubSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	s.executed.Add(1)
	data, _ := json.Marshal(map[string]any{"introspects": !graphql.GetOperationContext(ctx).DisableIntrospection})
	return graphql.OneShot(&graphql.Response{Data: data})
}

// answer is an answer of the stub.
type answer struct {
	Data   map[string]any
	Errors []struct {
		Message    string
		Extensions map[string]any
	}
}

// server returns a server with g and the stub, with gqlgen's own handler and transport.
func server(g *Guard) (*handler.Server, *stubSchema) {
	es := &stubSchema{schema: testSchema()}
	srv := handler.New(es)
	srv.AddTransport(transport.POST{})
	srv.Use(g)
	return srv, es
}

func post(t *testing.T, h http.Handler, query string, vars map[string]any) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	var a answer
	if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil {
		t.Fatalf("%v in %.300s", err, rec.Body)
	}
	return a
}
