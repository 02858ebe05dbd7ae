package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"
)

// A queryGenerator draws documents that are valid in a schema.
type queryGenerator struct {
	*rapid.T
	schema    *ast.Schema
	roots     []string // fields of Query with their types, such as "sync(id: 52) -> Sync"
	fragments []string
	// Without directives, the compiled plan is kept.
	noDirectives bool
}

// argumentTexts lists texts of arguments for each field that takes some.
var argumentTexts = map[string][]string{
	"runs": {"", "(first: 3)", "(last: 2)", "(first: 0)", "(first: 7, orderBy: {direction: ASC})", "(first: -1)", `(after: "no")`,
		"(filter: {})", "(filter: null, first: 2)", "(first: 2, filter: {outcomes: [FAILED]})"},
	"runStats": {`(filter: {createdSince: "2026-01-05T00:00:00Z"})`, `(filter: {createdSince: "2026-01-06T00:00:00Z", outcomes: [FAILED]})`,
		`(filter: {outcomes: []})`, `(filter: {createdSince: "2026-01-06T00:00:00Z", createdBefore: "2025-01-01T00:00:00Z"})`},
	"syncs":      {"", "(first: 2)", "(first: -1)", `(after: "no")`},
	"errors":     {"", "(first: 2)", "(first: 0)", "(first: -1)", "(first: 1000)"},
	"series":     {"(bucket: DAY)", `(bucket: DAY, timeZone: "Europe/Berlin")`, `(bucket: WEEK, timeZone: "Nowhere")`, "(bucket: HOUR)"},
	"groups":     {"(by: SYNC)", "(by: DESTINATION_TYPE, first: 1)", "(by: TRIGGER, orderBy: LABEL)", "(by: FULL_SYNC, first: 0)", "(by: SOURCE, orderBy: LABEL)"},
	"count":      {"", "(outcomes: [FAILED, SKIPPED])", "(outcomes: [])", "(outcomes: null)"},
	"typicalRun": {"", "(last: 3)", "(fullSync: true)", "(last: 2)", "(last: 60)"},
	"executions": {"", "(first: 2)", `(after: "2026-01-05T00:00:00Z", before: "2026-01-06T00:00:00Z")`, `(first: 1001)`},
	"alerts":     {"", "(states: [RESOLVED, UNKNOWN])", "(states: [])"},
	"fields":     {"", "(includeDeprecated: true)"}, "enumValues": {""}, "args": {""}, "inputFields": {""},
}

func (q *queryGenerator) document() string {
	var query strings.Builder
	if q.noDirectives = rapid.Bool().Draw(q.T, "undirected"); q.noDirectives {
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

// selection draws a selection on the named type.
func (q *queryGenerator) selection(name string, depth int) string {
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

// condition draws a type condition: the type itself, or none.
func (q *queryGenerator) condition(def *ast.Definition, on string) string {
	if rapid.Bool().Draw(q.T, "condition") {
		return on + def.Name + " "
	}
	return ""
}

func (q *queryGenerator) field(def *ast.Definition, depth int) string {
	if def.Name == "Node" && depth < 5 && rapid.Bool().Draw(q.T, "concrete") {
		on := rapid.SampledFrom([]string{"Sync", "SyncRun"}).Draw(q.T, "type")
		return "... on " + on + q.selection(on, depth+1)
	}
	names := []string{"__typename"}
	for _, f := range def.Fields {
		rare := f.Name == "runStats" || f.Name == "health" || f.Name == "alerts" || f.Name == "sync"
		// Generated code would evaluate the health of the syncs of a list concurrently with the
		// fields that read them.
		if strings.HasPrefix(f.Name, "__") || f.Name == "healthCounts" || rare && rapid.IntRange(0, 4).Draw(q.T, "rare") > 0 {
			continue
		}
		names = append(names, f.Name)
	}
	name := rapid.SampledFrom(names).Draw(q.T, "field")
	f := def.Fields.ForName(name)
	text := name
	if n := rapid.IntRange(0, 3).Draw(q.T, "alias"); n > 1 {
		text = fmt.Sprintf("%s_%d: %s", name, n, name)
	}
	if f != nil && len(f.Arguments) > 0 { // fields merge only if their arguments are the same
		list := argumentTexts[name]
		args := rapid.SampledFrom(list).Draw(q.T, "arguments")
		text = fmt.Sprintf("%s__%d: %s%s", name, slices.Index(list, args), name, args)
	}
	text += " " + q.directive(false)
	if f != nil && q.schema.Types[f.Type.Name()].IsCompositeType() {
		if depth > 7 {
			return text + "{ __typename }"
		}
		text += q.selection(f.Type.Name(), depth+1)
	}
	return text
}

func (q *queryGenerator) directive(fragment bool) string {
	if q.noDirectives {
		return ""
	}
	list := []string{"", "", "", "", "", "@include(if: true) ", "@include(if: $yes) ", "@skip(if: $no) ", "@skip(if: $yes) ", "@include(if: false) @skip(if: $no) "}
	if fragment {
		list = append(list, `@defer(if: $no) `)
	}
	return rapid.SampledFrom(list).Draw(q.T, "directive")
}
