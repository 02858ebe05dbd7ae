package graph_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
	"golang.org/x/tools/txtar"

	"census-gateway/graph"
)

const semanticNonNull = "semanticNonNull"

// semantic returns the level of the @semanticNonNull of f; -1 if it has none.
func semantic(f *ast.FieldDefinition) int {
	d := f.Directives.ForName(semanticNonNull)
	switch {
	case d == nil:
		return -1
	case d.Arguments.ForName("levels") == nil:
		return 0
	case d.Arguments.ForName("levels").Value.String() == "[1]":
		return 1
	}
	return -2
}

// A field has @semanticNonNull exactly if its description says that it, or an item of it, is null
// only with an error.
func TestSemanticNonNull(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: graph.SDL()})
	var has []string
	for _, d := range schema.Types {
		if d.BuiltIn || d.Kind != ast.Object && d.Kind != ast.Interface {
			continue
		}
		for _, f := range d.Fields {
			said, place := -1, f.Type
			switch text := strings.Join(strings.Fields(f.Description), " "); {
			case strings.Contains(text, "An item is null only with an error"):
				said, place = 1, f.Type.Elem
			case strings.Contains(text, "Null only with an error"):
				said = 0
			}
			level := semantic(f)
			if level != said {
				t.Errorf("%s.%s: the directive's level is %d, the description's %d", d.Name, f.Name, level, said)
			}
			if level >= 0 {
				has = append(has, d.Name+"."+f.Name)
				if place == nil || place.NonNull {
					t.Errorf("%s.%s is %s: never null at level %d", d.Name, f.Name, f.Type, level)
				}
			}
		}
	}
	slices.Sort(has)
	want := strings.Fields(`Query.node Query.nodes Query.sync Query.syncRun Sync.alerts Sync.createdAt Sync.destination Sync.health Sync.paused
		Sync.runStats Sync.runs Sync.schedule Sync.source Sync.status SyncConnection.healthCounts SyncConnection.totalCount`)
	if !slices.Equal(has, want) {
		t.Errorf("got  %v\nwant %v", has, want)
	}
}

// In every story, a null at a @semanticNonNull has an error at its path or below.
func TestSemanticNonNullOfAnswers(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: graph.SDL()})
	files, _ := filepath.Glob("testdata/stories/*.txtar")
	nulls := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		part := map[string]string{}
		for _, f := range txtar.Parse(data).Files {
			part[f.Name] = string(f.Data)
		}
		doc, errs := gqlparser.LoadQueryWithRules(schema, part["query"], rules.NewDefaultRules())
		if errs != nil {
			continue // a rejected operation has no data
		}
		var answer struct {
			Data   map[string]any
			Errors []gqlError
		}
		if err := json.Unmarshal([]byte(part["answer"]), &answer); err != nil {
			t.Fatal(err)
		}
		walkNulls(doc.Operations[0].SelectionSet, answer.Data, nil, func(path []any) {
			nulls++
			if !slices.ContainsFunc(answer.Errors, func(e gqlError) bool { return len(e.Path) >= len(path) && slices.Equal(e.Path[:len(path)], path) }) {
				t.Errorf("%s: null without an error at %v", filepath.Base(file), path)
			}
		})
	}
	if nulls < 5 {
		t.Errorf("only %d nulls seen", nulls)
	}
}

// walkNulls calls null for each null of the selected object at a @semanticNonNull.
func walkNulls(set ast.SelectionSet, object map[string]any, path []any, null func(path []any)) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.InlineFragment:
			walkNulls(s.SelectionSet, object, path, null)
		case *ast.FragmentSpread:
			walkNulls(s.Definition.SelectionSet, object, path, null)
		case *ast.Field:
			if value, there := object[s.Alias]; there && s.Definition != nil {
				walkValue(s, value, append(slices.Clone(path), s.Alias), 0, null)
			}
		}
	}
}

func walkValue(f *ast.Field, value any, path []any, level int, null func(path []any)) {
	switch value := value.(type) {
	case nil:
		if semantic(f.Definition) == level {
			null(path)
		}
	case []any:
		for i, item := range value {
			walkValue(f, item, append(slices.Clone(path), float64(i)), level+1, null)
		}
	case map[string]any:
		walkNulls(f.SelectionSet, value, path, null)
	}
}
