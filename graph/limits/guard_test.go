package limits

import (
	"math"
	"strings"
	"testing"

	"census-gateway/internal/errcodes"
)

// edges holds, for each limit, a query with exactly n of what it counts. n must be at least 3.
var edges = map[Limit]func(n int) string{
	Depth: func(n int) string {
		open := "{ node(id: 1) { ... on Run { sync { " // its fields have depth 3
		for depth := 3; depth < n; depth++ {
			open += []string{"sync", "latestRun"}[depth%2] + " { "
		}
		return open + "id " + strings.Repeat("}", strings.Count(open, "{"))
	},
	Aliases: func(n int) string { return "{ sync(id: 1) { " + repeat("a%: id", n) + "} }" },
	RootFields: func(n int) string {
		return "{ " + repeat("r%: __typename", n-1) + "__typename }"
	},
	Directives: func(n int) string {
		return "{ " + strings.TrimSuffix(repeat("... @skip(if: true) { __typename }", n), " ") + " }"
	},
	Selections: func(n int) string { return "{ " + repeat("__typename", n) + "}" },
	Pages: func(n int) string {
		return "{ nodes(ids: [" + repeat("1", n) + "]) { id } }"
	},
}

func TestEachLimitAtItsEdgeAndOnePast(t *testing.T) {
	for limit, query := range edges {
		for _, allowed := range []int{5, 6, 12} {
			opt := Limits{Depth: -1, Aliases: -1, RootFields: -1, Directives: -1, Selections: -1, Pages: -1}
			set(&opt, limit, allowed)
			g := newGuard(t, Options{Limits: opt})
			if stats, r := measure(t, g, query(allowed), nil); r != nil {
				t.Errorf("%s %d of %d refused: %v (%+v)", limit, allowed, allowed, r, stats)
			}
			_, r := measure(t, g, query(allowed+1), nil)
			if r == nil || r.Limit != limit || r.Allowed != allowed || r.Actual != allowed+1 {
				t.Errorf("%s %d of %d: refusal %+v", limit, allowed+1, allowed, r)
			}
		}
	}
}

func TestDefaultsHoldThroughTheHandler(t *testing.T) {
	defaults := map[Limit]int{
		Depth: 12, Aliases: 30, RootFields: 20, Directives: 50, Pages: 1500,
	}
	g := newGuard(t, Options{})
	srv, es := server(g)
	for limit, allowed := range defaults {
		before := es.executed.Load()
		if a := post(t, srv, edges[limit](allowed), nil); len(a.Errors) > 0 {
			t.Errorf("%s at %d: %v", limit, allowed, a.Errors)
		}
		if es.executed.Load() != before+1 {
			t.Errorf("%s at %d was not executed", limit, allowed)
		}
		a := post(t, srv, edges[limit](allowed+1), nil)
		if es.executed.Load() != before+1 {
			t.Errorf("%s at %d was executed", limit, allowed+1)
		}
		if len(a.Errors) != 1 {
			t.Fatalf("%s: errors %v", limit, a.Errors)
		}
		ext := a.Errors[0].Extensions
		if ext["code"] != errcodes.QueryTooExpensive || ext["limit"] != string(limit) ||
			ext["allowed"] != float64(allowed) || ext["actual"] != float64(allowed+1) {
			t.Errorf("%s: extensions %v", limit, ext)
		}
		for _, n := range []int{allowed, allowed + 1} {
			if !strings.Contains(a.Errors[0].Message, itoa(n)) {
				t.Errorf("%s: %q does not name %d", limit, a.Errors[0].Message, n)
			}
		}
	}
}

func TestSelectionsDefaultThroughTheHandler(t *testing.T) {
	srv, es := server(newGuard(t, Options{}))
	a := post(t, srv, "{ node(id: 1) { ...F0 } } "+doubling(30, "Node", "id"), nil)
	if len(a.Errors) != 1 || a.Errors[0].Extensions["limit"] != "selections" ||
		a.Errors[0].Extensions["actual"] != float64(10_001) || es.executed.Load() != 0 {
		t.Errorf("%v, executed %d", a.Errors, es.executed.Load())
	}
}

func TestZeroIsDefaultAndNegativeIsOff(t *testing.T) {
	want := Limits{Depth: 12, Aliases: 30, RootFields: 20, Directives: 50, Selections: 10_000, Pages: 1_500}
	if got := (Limits{}).withDefaults(); got != want {
		t.Errorf("defaults %+v", got)
	}
	off := Limits{Depth: -1, Aliases: -1, RootFields: -1, Directives: -1, Selections: -1, Pages: -1}.withDefaults()
	if off.Depth != math.MaxInt || off.Pages != math.MaxInt || off.Selections != maxSelections {
		t.Errorf("switched off %+v", off)
	}
}

func TestVariablesCount(t *testing.T) {
	stats, r := measure(t, newGuard(t, Options{}), "query($n: Int) { syncs(first: $n) { nodes { latestRun { id } } } }", map[string]any{"n": 20})
	if r != nil || stats.Pages != 21 {
		t.Errorf("%+v %+v", stats, r)
	}
}

func TestMisspeltPriceIsAnError(t *testing.T) {
	for _, name := range []string{"Sync.rnus", "Snyc.runs", "runs", ""} {
		if _, err := New(testSchema(), Prices{name: {}}, Options{}); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
}

func set(l *Limits, name Limit, n int) {
	*map[Limit]*int{
		Depth: &l.Depth, Aliases: &l.Aliases, RootFields: &l.RootFields,
		Directives: &l.Directives, Selections: &l.Selections, Pages: &l.Pages,
	}[name] = n
}
