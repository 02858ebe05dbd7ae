package limits

import (
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// FuzzWalk passes arbitrary documents to the Guard, valid or not. It never panics or exceeds its
// budget, and its numbers stay in range.
func FuzzWalk(f *testing.F) {
	for _, query := range edges {
		f.Add(query(7), 1, 100)
	}
	f.Add("{ node(id: 1) { ...F0 } } "+doubling(20, "Node", "id"), 3, 1000)
	f.Add("{ ...A } fragment A on Query { a: sync(id: 1) { id } ...A }", 0, 10)
	f.Add("query($n: Int) { syncs(first: $n, ids: [[1], {a: $n}, null]) { nodes { runs(first: 1e999, last: 99999999999999999999) { nodes { id } } } } }", -1, 10_000)
	f.Add(introspectionQuery, 0, 50)
	schema := testSchema()
	f.Fuzz(func(t *testing.T, query string, n, budget int) {
		doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, 2000)
		if err != nil {
			return
		}
		budget = min(max(budget, 1), 10_000)
		lim := Limits{Selections: budget, Depth: -1, Aliases: -1, RootFields: -1, Directives: -1}
		g := newGuard(t, Options{Limits: lim})
		vars := map[string]any{"n": n}
		var values sync.Map
		remembering := newGuard(t, Options{Limits: lim, Values: func(*graphql.OperationContext) *sync.Map { return &values }})
		look := func() {
			for _, op := range doc.Operations {
				stats, r, _ := g.measure(doc, op, vars)
				if stats.Selections > budget+1 || stats.Pages < 0 || stats.Pages > maxNumber {
					t.Fatalf("%+v", stats)
				}
				for _, vars := range []map[string]any{vars, {"n": n/2 + 1}, {}} { // a remembered measurement holds for other variables
					want, refused, _ := g.measure(doc, op, vars)
					if got, r := remembering.measureOnce(&graphql.OperationContext{Doc: doc, Operation: op, Variables: vars}); *got != want || (r == nil) != (refused == nil) {
						t.Fatalf("%v: remembered %+v %+v, measured %+v %+v", vars, got, r, want, refused)
					}
				}
				if cut := stats.Selections > budget; cut != (r != nil && r.Limit == Selections) {
					t.Fatalf("%+v refused as %+v", stats, r)
				}
			}
		}
		look() // as parsed
		values.Clear()
		validator.ValidateWithRules(schema, doc, rules.NewDefaultRules())
		look() // with the definitions that validation adds, valid or not
	})
}
