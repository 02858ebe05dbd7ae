package graph_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"census-gateway/graph"
)

// Everything in the schema has a description.
func TestSchemaIsDescribed(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	has := func(description string, place ...string) {
		if named++; strings.TrimSpace(description) == "" {
			t.Errorf("%s has no description", strings.Join(place, "."))
		}
	}
	has(schema.Description, "schema")
	for _, d := range schema.Types {
		if d.BuiltIn {
			continue
		}
		has(d.Description, d.Name)
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			has(f.Description, d.Name, f.Name)
			for _, a := range f.Arguments {
				has(a.Description, d.Name, f.Name, a.Name)
			}
		}
		for _, v := range d.EnumValues {
			has(v.Description, d.Name, v.Name)
		}
	}
	for _, d := range schema.Directives {
		if d.Position != nil && d.Position.Src.BuiltIn {
			continue
		}
		has(d.Description, "@"+d.Name)
		for _, a := range d.Arguments {
			has(a.Description, "@"+d.Name, a.Name)
		}
	}
	if named < 200 {
		t.Errorf("only %d names", named)
	}
}
