package limits

import (
	"encoding/json"
	"math"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestCost(t *testing.T) {
	g := newGuard(t, Options{Limits: Limits{Pages: -1, Aliases: -1, Depth: -1}})
	for _, c := range []struct {
		query string
		vars  map[string]any
		want  int
	}{
		{query: "{ sync(id: 1) { id } }", want: 1},
		{query: "{ node(id: 1) { id } }", want: 0},
		{query: "{ sync(id: 1) { runs(first: 100) { nodes { id } } } }", want: 2},
		{query: "{ sync(id: 1) { runs(first: 101) { nodes { id } } } }", want: 3},
		{query: "{ sync(id: 1) { runs(last: 1000) { totalCount } } }", want: 11},
		{query: "{ sync(id: 1) { runs(first: 0) { totalCount } } }", want: 2},
		{query: "{ syncs { nodes { runs { nodes { id } } latestRun { id } } } }", want: 1 + 25*2},
		{query: "{ syncs(first: 100) { nodes { runs(first: 200) { nodes { sync { latestRun { id } } } } } } }", want: 1 + 100*(2+200)},
		{query: "{ syncs(ids: [1, 2, 3]) { nodes { latestRun { id } } } }", want: 1 + 3}, // fewer than the default of first
		{query: "{ syncs(ids: [1, 2, 3], first: null) { nodes { latestRun { id } } } }", want: 1 + 3},
		{query: "{ syncs(ids: [1, 2, 3], first: 2) { nodes { latestRun { id } } } }", want: 1 + 2},
		{query: "{ syncs(ids: 7, first: null) { nodes { latestRun { id } } } }", want: 1 + 1},
		{query: "{ nodes(ids: [1, 2, 3]) { ... on Sync { latestRun { id } } } }", want: 3 + 3},
		{query: "{ nodes(ids: []) { ... on Sync { latestRun { id } } } }", want: 0},
		{query: "query($i: [ID!]!) { nodes(ids: $i) { ... on Sync { latestRun { id } } } }", vars: map[string]any{"i": []any{"1", "2"}}, want: 4},
		{query: "query($n: Int = 300) { sync(id: 1) { runs(first: $n) { totalCount } } }", want: 4},
		{query: "query($n: Int) { sync(id: 1) { runs(first: $n) { totalCount } } }", want: 2},
		{query: "query($n: Int) { sync(id: 1) { runs(first: $n) { totalCount } } }", vars: map[string]any{"n": json.Number("500")}, want: 6},
		{query: "{ listed { runs(first: 5) { totalCount } } }", want: 7},
		{query: "{ syncs(first: -5) { nodes { latestRun { id } } } }", want: 1},
		// merged fields count once
		{query: "{ sync(id: 1) { id } sync(id: 1) { latestRun { id } } }", want: 2},
		{query: "{ ...A ...B } fragment A on Query { sync(id: 1) { latestRun { id } } } fragment B on Query { sync(id: 1) { latestRun { id } label } }", want: 2},
		{query: "{ a: sync(id: 1) { id } b: sync(id: 1) { id } }", want: 2},
		// pages that are read once for the operation count once
		{query: "{ syncs(first: 100) { nodes { from } } }", want: 1 + 2},
		{query: "{ syncs(first: 100) { nodes { from to x: from latestRun { id } } } a: sync(id: 1) { from } }", want: 1 + 3 + 100 + 1},
		{query: "{ syncs(first: 0) { nodes { from } } }", want: 1},
		// pages that the fields of one object share count once for it, with a page for each 100
		// items
		{query: "{ sync(id: 1) { head { id } recent(first: 25) { id } x: recent(first: 75) { id } } }", want: 1 + 1},
		{query: "{ sync(id: 1) { head { id } recent(first: 25) { id } x: recent(first: 76) { id } } }", want: 1 + 2},
		{query: "{ sync(id: 1) { head { id } recent(first: 250) { id } x: recent(first: 10) { id } } }", want: 1 + 3},
		{query: "{ sync(id: 1) { head { id } recent(first: 25) { id } x: recent(first: 25, order: LABEL) { id } y: recent(first: 25, order: LABEL) { id } } }", want: 1 + 1 + 2},
		{query: "{ sync(id: 1) { head { id } ... on Sync { x: head { id } } } x: sync(id: 1) { head { id } } }", want: 2 + 2},
		{query: "{ sync(id: 1) { head { sync { head { id } } } } }", want: 1 + 1 + 1}, // may be another object
		{query: "{ judged(ids: [1, 2, 3]) { nodes { head { id } } edges { node { recent(first: 25) { id } latestRun { id } } } } }", want: 1 + 3*(1+1)},
		// and so do the pages that a list reads of each object for itself
		{query: "{ judged(ids: [1, 2, 3], order: LABEL) { totalCount } }", want: 1 + 3},
		{query: "{ judged(ids: [1, 2, 3], order: LABEL, first: 2) { nodes { head { id } latestRun { id } } } }", want: 1 + 3 + 2},
		{query: "{ judged(ids: [1, 2, 3], order: LABEL) { nodes { recent(first: 25) { id } } } }", want: 1 + 3},
		{query: "{ judged(ids: [1, 2, 3], order: LABEL) { nodes { recent(first: 26) { id } } } }", want: 1 + 3 + 3}, // reaches further
		{query: "{ judged(ids: [1, 2, 3], order: LABEL) { nodes { recent(first: 250) { id } } } }", want: 1 + 3 + 3*3},
		{query: "{ a: judged(ids: [1, 2], order: LABEL) { totalCount } b: judged(ids: [1, 2], order: LABEL) { totalCount } }", want: 2 * (1 + 2)},
		// for any objects there are, the fields of the root share them
		{query: "{ judged(order: LABEL, first: 30) { nodes { head { id } latestRun { id } } } }", want: 1 + 60 + 30},
		{query: "{ judged(order: LABEL, first: 90) { nodes { head { id } } } x: judged(order: LABEL, first: 20) { totalCount } }", want: 2 + 90},
		{query: "{ judged(first: 50) { nodes { head { id } } } x: judged(first: 20) { nodes { head { id } } } }", want: 2 + 50 + 20},
		{query: "{ judged(ids: [1, 2]) { nodes { judged(first: 7, order: LABEL) { totalCount } } } }", want: 1 + 2*60},
		{query: "{ judged(first: 2000000000) { nodes { x: judged(first: 2000000000) { nodes { head { id } recent(first: 2000000000) { id } } } } } }", want: maxNumber},
		// @skip and @include are ignored
		{query: "{ sync(id: 1) @skip(if: true) { latestRun @include(if: false) { id } } }", want: 2},
		{query: "query($b: Boolean!) { sync(id: 1) { ... @include(if: $b) { latestRun { id } } } }", vars: map[string]any{"b": false}, want: 2},
		{query: "subscription { runChanged { sync { latestRun { id } } } }", want: 1},
	} {
		stats, r := measure(t, g, c.query, c.vars)
		if r != nil || stats.Pages != c.want {
			t.Errorf("%s %v: %d pages, want %d (%v)", c.query, c.vars, stats.Pages, c.want, r)
		}
	}
}

// The query for Pages in edges adds pages; this one multiplies them.
func TestProductsAtTheEdge(t *testing.T) {
	g := newGuard(t, Options{Limits: Limits{Pages: 1000}})
	const query = "{ syncs(first: 111) { nodes { runs(first: 900) { totalCount } } } a: sync(id: 1) { id } }" // 2 + 111*9 + 1
	stats, r := measure(t, g, query, nil)
	if r == nil || r.Limit != Pages || r.Actual != 1002 || stats.Pages != 1002 {
		t.Errorf("%+v %+v", stats, r)
	}
	g.limits.Pages = 1002
	if _, r := measure(t, g, query, nil); r != nil {
		t.Errorf("%+v", r)
	}
	g.limits.Pages = 1001
	if _, r := measure(t, g, query, nil); r == nil {
		t.Error("one above the limit is accepted")
	}
}

func TestNumbersSaturate(t *testing.T) {
	g := newGuard(t, Options{Limits: Limits{Depth: -1}})
	const query = `query($n: Int) {
	  syncs(first: $n) { nodes { runs(first: $n) { nodes { sync { runs(first: $n) { nodes { sync { latestRun { id } } } } } } } } }
	}`
	doc, op, _ := load(t, query, nil)
	for _, n := range []any{
		int64(math.MaxInt64), uint64(math.MaxUint64), 1e18, 1e308, math.Inf(1), int32(math.MaxInt32),
		json.Number("99999999999999999999999999"), json.Number("1e400"), "9223372036854775808",
	} {
		_, r, _ := g.measure(doc, op, map[string]any{"n": n})
		if r == nil || r.Limit != Pages || r.Actual != maxNumber {
			t.Errorf("%v: %+v", n, r)
		}
	}
	for _, n := range []any{int64(math.MinInt64), -1, -1e308, math.Inf(-1), json.Number("-5"), json.Number("-1e400")} {
		stats, r, _ := g.measure(doc, op, map[string]any{"n": n})
		if r != nil || stats.Pages != 1 {
			t.Errorf("%v: %+v %+v", n, stats, r)
		}
	}
	for _, n := range []any{"many", math.NaN(), true, []any{}, map[string]any{}, nil, (*int)(nil)} { // the default, 25
		stats, r, _ := g.measure(doc, op, map[string]any{"n": n})
		if want := 1 + 25*(1+25*(1+25)); r == nil || r.Actual != want {
			t.Errorf("%v: %+v %+v", n, stats, r)
		}
	}
}

func TestLiteralsOutOfRangeSaturate(t *testing.T) {
	for raw, want := range map[string]any{
		"99999999999999999999999":  int64(math.MaxInt64),
		"-99999999999999999999999": int64(math.MinInt64),
		"1e999":                    math.Inf(1),
	} {
		doc := loadUnchecked(t, "{ sync(first: "+raw+") }")
		arg := childField(doc.Operations[0].SelectionSet, "sync").Arguments[0]
		if got := goValue(arg.Value, nil); got != want {
			t.Errorf("%s is %v", raw, got)
		}
	}
}

func TestArgs(t *testing.T) {
	doc, op, vars := load(t, `query($c: String! = "X") {
	  sync(id: 1) { runs(first: 3, filter: {since: "2026", errorCodes: [$c, "Y"]}) { totalCount } }
	}`, nil)
	_ = doc
	varied := false
	a := Args{field: childField(op.SelectionSet, "sync", "runs"), vars: vars, usesVariables: &varied}
	if n, ok := a.Int("first"); n != 3 || !ok {
		t.Errorf("first %d %v", n, ok)
	}
	if _, ok := a.Int("last"); ok || a.Value("last") != nil || a.Value("none") != nil {
		t.Error("last or none has a value, but was not given")
	}
	if varied {
		t.Error("varied is false, want true")
	}
	filter, _ := a.Value("filter").(map[string]any)
	codes, _ := filter["errorCodes"].([]any)
	if filter["since"] != "2026" || len(codes) != 2 || codes[0] != "X" || !varied {
		t.Errorf("filter %v, varied %v", filter, varied)
	}
	if n, ok := a.Len("filter"); n != 1 || !ok {
		t.Errorf("a single value has the length %d, %v; want 1", n, ok)
	}
}

// childField returns the field at the path names below set.
func childField(set ast.SelectionSet, names ...string) *ast.Field {
	for _, sel := range set {
		if f, ok := sel.(*ast.Field); ok && f.Name == names[0] {
			if len(names) == 1 {
				return f
			}
			return childField(f.SelectionSet, names[1:]...)
		}
	}
	return nil
}

// A measurement is remembered if it is the same for all variables.
func TestRemembered(t *testing.T) {
	for query, want := range map[string]bool{
		"query($i: ID!) { sync(id: $i) { runs(first: 5) { totalCount } } }":              true,
		"query($n: Int) { sync(id: 1) { runs(first: $n) { totalCount } } }":              false,
		"query($i: [ID!]) { syncs(ids: $i) { nodes { latestRun { id } } } }":             false,
		"query($i: ID!) { syncs(ids: [1, $i]) { nodes { latestRun { id } } } }":          false,
		"query($s: String) { sync(id: 1) { runs(filter: {since: $s}) { totalCount } } }": true,
		"{ syncs(first: 200) { nodes { runs(first: 900) { totalCount } } } }":            false, // rejected
	} {
		var values sync.Map
		g := newGuard(t, Options{Values: func(*graphql.OperationContext) *sync.Map { return &values }})
		doc, op, vars := load(t, query, map[string]any{"i": "1", "n": 3}) // one value counts as a list of one
		g.MutateOperationContext(t.Context(), &graphql.OperationContext{Doc: doc, Operation: op, Variables: vars})
		if _, remembered := values.Load(measurementKey{op}); remembered != want {
			t.Errorf("%s: remembered %v", query, remembered)
		}
	}
}
