package exec_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"census-gateway/graph/exec"
)

// A row is an element of a list. Its kind determines whether it fails, panics or is plain.
type row struct {
	kind  string
	below *row
}

var rows = gqlparser.MustLoadSchema(&ast.Source{Input: `
	type Query { rows: [Row] }
	type Row { kind: String!  below: Row }
`})

func rowSchema(list []*row) *exec.Schema {
	return &exec.Schema{AST: rows, Objects: map[string]*exec.Object{
		"Query": {Name: "Query", Names: []string{"Query"}, Fields: map[string]*exec.Field{
			"rows": {
				Get: func(any, map[string]any) (any, error) { return list, nil },
				Len: func(any) int { return len(list) },
				At: func(_ any, i int) any {
					switch {
					case list[i] == nil:
						return nil
					case list[i].kind == "failed":
						return exec.Failed{Err: errors.New("failed")}
					}
					return list[i]
				},
			},
		}},
		"Row": {Name: "Row", Names: []string{"Row"},
			Plain: func(b []byte, obj any, texts []exec.Text) ([]byte, int, error) {
				for i, t := range texts {
					b = append(b, t.Before...)
					switch kind := obj.(*row).kind; {
					case t.Plain != 1, kind == "null":
						return b, i, nil
					case kind == "error":
						return b, i, errors.New("error")
					case kind == "panic":
						panic("a panic")
					default:
						b = exec.AppendString(b, kind)
					}
				}
				return b, len(texts), nil
			},
			Fields: map[string]*exec.Field{
				"kind": {Plain: 1},
				"below": {Get: func(obj any, _ map[string]any) (any, error) {
					switch r := obj.(*row); {
					case r.kind == "no below":
						return nil, errors.New("no below")
					case r.kind == "panic below":
						panic("a panic")
					case r.below != nil:
						return r.below, nil
					}
					return nil, nil
				}},
			}},
	}}
}

// expected returns the answer for r at path, and the paths of its errors.
func expected(r *row, path string) (text string, failed []string) {
	switch {
	case r == nil:
		return "null", nil
	case r.kind == "failed":
		return "null", []string{path}
	}
	below, errs := expected(r.below, path+".below")
	if r.kind == "no below" || r.kind == "panic below" {
		below, errs = "null", []string{path + ".below"}
	}
	if r.kind == "null" || r.kind == "error" || r.kind == "panic" {
		return "null", append([]string{path + ".kind"}, errs...)
	}
	return fmt.Sprintf(`{"kind":%q,"below":%s}`, r.kind, below), errs
}

// An element of a list that fails, panics or is null changes no other, and its error has its path.
func TestLists(t *testing.T) {
	doc := gqlparser.MustLoadQueryWithRules(rows, `{ rows { kind below { kind below { kind } } } }`, nil)
	kinds := rapid.SampledFrom([]string{"plain", "plain", "plain", "null", "error", "panic", "no below", "panic below"})
	element := rapid.Custom(func(t *rapid.T) *row {
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0:
			return nil
		case 1:
			return &row{kind: "failed"}
		case 2, 3, 4:
			return &row{kinds.Draw(t, "kind"), &row{kind: kinds.Draw(t, "kind below")}}
		}
		return &row{kind: kinds.Draw(t, "kind")}
	})
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(element, 0, 20).Draw(t, "rows")
		var texts, want, got []string
		for i, r := range list {
			text, failed := expected(r, fmt.Sprintf("rows[%d]", i))
			texts, want = append(texts, text), append(want, failed...)
		}
		op := &graphql.OperationContext{Doc: doc, Operation: doc.Operations[0]}
		ctx := graphql.WithResponseContext(context.Background(), func(_ context.Context, err error) *gqlError { return asError(err) }, nil)
		schema := rowSchema(list)
		out := exec.Start(ctx, op, exec.Compile(schema, op, false), "the root", func() {}).Next(ctx, nil)
		for _, err := range graphql.GetErrors(ctx) {
			got = append(got, err.Path.String())
		}
		if want := `{"rows":[` + strings.Join(texts, ",") + `]}`; string(out.Data) != want {
			t.Fatalf("got  %s\nwant %s", out.Data, want)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("errors at %q, want %q", got, want)
		}
	})
}
