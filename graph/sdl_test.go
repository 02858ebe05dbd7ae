package graph_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"census-gateway/graph"
	"census-gateway/upstream/sim"
)

// specified lists the directives that every client knows.
var specified = []string{"skip", "include", "deprecated", "specifiedBy", "oneOf"}

// Introspection returns the schema's own description, which documentation explorers show first.
func TestDescriptionOfTheSchema(t *testing.T) {
	doc, err := parser.ParseSchema(&ast.Source{Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	h, _ := serve(sim.Options{})
	var answer struct {
		Data struct {
			Schema struct{ Description string } `json:"__schema"`
		}
	}
	if err := json.Unmarshal([]byte(post(t, h, `{__schema{description}}`, "{}")), &answer); err != nil {
		t.Fatal(err)
	}
	if got, want := answer.Data.Schema.Description, doc.Schema[0].Description; got != want || !strings.Contains(got, "Read-only") {
		t.Errorf("introspection says %q, the schema %q", got, want)
	}
}

// A reference is a type as introspection returns it.
type reference struct {
	Kind, Name string
	OfType     *reference
}

// String returns the reference in schema syntax, such as [Int!]!
func (r reference) String() string {
	switch r.Kind {
	case "NON_NULL":
		return r.OfType.String() + "!"
	case "LIST":
		return "[" + r.OfType.String() + "]"
	}
	return r.Name
}

// The schema and introspection agree about directives.
func TestDirectivesOfTheSchema(t *testing.T) {
	type argument struct {
		Name, Description string
		Type              reference
		DefaultValue      *string
	}
	type directive struct {
		Name, Description string
		Locations         []ast.DirectiveLocation
		Args              []argument
	}
	var answer struct {
		Data struct {
			Schema struct{ Directives []directive } `json:"__schema"`
		}
	}
	h, _ := serve(sim.Options{})
	text := post(t, h, `{__schema{directives{name description locations args{name description type{kind name ofType{kind name ofType{kind name ofType{name}}}} defaultValue}}}}`, "{}")
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	for _, d := range answer.Data.Schema.Directives {
		for i := range d.Args {
			d.Args[i].Type = reference{Name: d.Args[i].Type.String()}
		}
	}
	served := slices.DeleteFunc(answer.Data.Schema.Directives, func(d directive) bool { return slices.Contains(specified, d.Name) })
	doc, err := parser.ParseSchema(&ast.Source{Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	said := []directive{}
	for _, d := range doc.Directives {
		is := directive{d.Name, d.Description, d.Locations, nil}
		for _, a := range d.Arguments {
			arg := argument{Name: a.Name, Description: a.Description}
			arg.Type.Name = a.Type.String()
			if a.DefaultValue != nil {
				arg.DefaultValue = new(a.DefaultValue.String())
			}
			is.Args = append(is.Args, arg)
		}
		said = append(said, is)
	}
	byName := func(a, b directive) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(said, byName)
	slices.SortFunc(served, byName)
	if !reflect.DeepEqual(said, served) {
		t.Errorf("the schema says  %+v\nintrospection says %+v", said, served)
	}
}
