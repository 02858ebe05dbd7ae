package limits

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// doubling returns n fragments on typ that each spread the next one twice. The last selects leaf.
// F0 stands for 2^n leaves.
func doubling(n int, typ, leaf string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on %s { ...F%d ...F%d } ", i, typ, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on %s { %s }", n, typ, leaf)
	return b.String()
}

func TestDoublingIsCountedToTheBudgetAndNoFurther(t *testing.T) {
	for _, n := range []int{4, 16, 20, 30, 60} {
		doc, op, _ := load(t, "{ node(id: 1) { ...F0 } } "+doubling(n, "Node", "id"), nil)
		got := measureShape(doc, op, 10_000).Selections
		want := 10_001
		if whole := 1 + (1<<(n+1) - 1) + 1<<n; n < 14 { // node, spreads, leaves
			want = whole
		}
		if got != want {
			t.Errorf("2^%d: visited %d, want %d", n, got, want)
		}
	}
}

func TestDoublingThroughFields(t *testing.T) {
	query := "{ sync(id: 1) { ...F0 } } "
	for i := range 30 {
		query += fmt.Sprintf("fragment F%d on Sync { a: latestRun { sync { ...F%d } } b: latestRun { sync { ...F%d } } } ", i, i+1, i+1)
	}
	query += "fragment F30 on Sync { id }"
	doc, op, _ := load(t, query, nil)
	if got := measureShape(doc, op, 10_000).Selections; got != 10_001 {
		t.Errorf("visited %d", got)
	}
}

func TestCyclesEndAtOnce(t *testing.T) {
	for _, query := range []string{
		"{ ...A } fragment A on Query { ...A }",
		"{ ...A } fragment A on Query { ...B } fragment B on Query { __typename ...A }",
		"{ ...A } fragment A on Query { sync(id: 1) { latestRun { ...B } } } fragment B on Run { sync { latestRun { ...B } } }",
	} {
		doc := loadUnchecked(t, query)
		g := newGuard(t, Options{Limits: Limits{Selections: -1, Depth: -1}})
		_, r, _ := g.measure(doc, doc.Operations[0], nil)
		if r == nil || r.Limit != Selections {
			t.Errorf("%s: %v", query, r)
		}
	}
}

func TestAliasesCountWhereverTheyAre(t *testing.T) {
	g := newGuard(t, Options{Limits: Limits{Depth: -1}})
	for name, query := range map[string]string{
		"on leaves":           "{ sync(id: 1) { " + repeat("a%: id", 1000) + "} }",
		"at the root":         "{ " + repeat("a%: sync(id: %) { id }", 1000) + "}",
		"in a fragment":       "{ sync(id: 1) { ...F } } fragment F on Sync { " + repeat("a%: id", 1000) + "}",
		"in an inline one":    "{ sync(id: 1) { ... on Sync { " + repeat("a%: id", 1000) + "} } }",
		"under @skip":         "{ sync(id: 1) { ... @skip(if: true) { " + repeat("a%: id", 1000) + "} } }",
		"10 spread 100 times": "{ sync(id: 1) { " + repeat("...F", 100) + "} } fragment F on Sync { " + repeat("a%: id", 10) + "}",
	} {
		_, r := measure(t, g, query, nil)
		if r == nil || r.Limit != Aliases || r.Actual != 1000 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if stats, _ := measure(t, g, "{ sync: sync(id: 1) { id: id } }", nil); stats.Aliases != 0 {
		t.Errorf("an alias equal to the name counts: %+v", stats)
	}
}

func TestDirectivesCountWhereverTheyAre(t *testing.T) {
	query := `query($b: Boolean! @deprecated) @here {
	  sync(id: 1) @include(if: $b) { ...F @include(if: $b) ... @skip(if: $b) { id } ...F }
	}
	fragment F on Sync @there { label @skip(if: $b) }`
	doc := loadUnchecked(t, query)
	if got := measureShape(doc, doc.Operations[0], 100).Directives; got != 9 {
		t.Errorf("%d directives, want 9: 2 of the operation, 3 in it, 2 for each spread of F", got)
	}
}

func TestRootFieldsCountAnswersNotSelections(t *testing.T) {
	g := newGuard(t, Options{})
	stats, r := measure(t, g, "{ ...A ...B } fragment A on Query { sync(id: 1) { id } } fragment B on Query { sync(id: 1) { label } node(id: 1) { id } }", nil)
	if r != nil || stats.RootFields != 2 {
		t.Errorf("%+v %v", stats, r)
	}
}

func TestIntrospectionIsNotDeep(t *testing.T) {
	g := newGuard(t, Options{Limits: Limits{Introspection: true}})
	stats, r := measure(t, g, introspectionQuery, nil)
	if r != nil || stats.Depth != 1 || !stats.Introspection {
		t.Errorf("%+v %v", stats, r)
	}
	if !strings.Contains(introspectionQuery, strings.Repeat("ofType { ", 7)) {
		t.Error("the query is not as deep as the tools send it")
	}
	deep := edges[Depth](13)
	stats, r = measure(t, g, "{ __schema { types { name } } "+deep[1:], nil)
	if r == nil || r.Limit != Depth {
		t.Errorf("the field beside introspection is exempt: %+v %v", stats, r)
	}
}

func TestOperationWithoutSelectionsIsEmpty(t *testing.T) {
	doc := &ast.QueryDocument{}
	if got := measureShape(doc, &ast.OperationDefinition{}, 10); got != (Stats{}) {
		t.Errorf("%+v", got)
	}
}

func BenchmarkRefuseDoubling(b *testing.B) {
	g := newGuard(b, Options{})
	doc, op, _ := load(b, "{ node(id: 1) { ...F0 } } "+doubling(30, "Node", "id"), nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, r, _ := g.measure(doc, op, nil); r == nil {
			b.Fatal("accepted")
		}
	}
}
