package exec_test

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"census-gateway/graph/exec"
)

// A town is loaded from a store, which answers several names at once.
type town struct {
	Name   string
	People int64
}

// A store records the requested names, and read loads them all.
type store struct {
	requested []string
	known     map[string]*town
}

// A wish is a name requested from a store.
type wish struct {
	of   *store
	name string
}

func (s *store) ask(name string) wish {
	s.requested = append(s.requested, name)
	return wish{s, name}
}

func (s *store) read() {
	fmt.Println("read", s.requested)
	for _, name := range s.requested {
		s.known[name] = &town{name, int64(len(name)) * 1000}
	}
	s.requested = nil
}

// Get returns the town; an error if the name is empty.
func (w wish) Get() (*town, error) {
	if w.name == "" {
		return nil, fmt.Errorf("a town has a name")
	}
	return w.of.known[w.name], nil
}

var towns = gqlparser.MustLoadSchema(&ast.Source{Input: `
	type Query { town(name: String!): Town  twin: Town! }
	type Town { name: String!  people: Int!  twin: Town }
`})

// schemaOf returns a schema whose towns are loaded from s.
func schemaOf(s *store) *exec.Schema {
	erase := func(t *town) any {
		if t == nil {
			return nil
		}
		return t
	}
	found := func(t *town) (*town, error) { return t, nil }
	twin := func(ctx context.Context, objs []any, args map[string]any) exec.Calls {
		return exec.Call(objs, erase, func(obj any) exec.Later[*town] { return exec.After(s.ask(obj.(*town).Name+"-on-Sea"), found) })
	}
	return &exec.Schema{AST: towns, Objects: map[string]*exec.Object{
		"Query": {Name: "Query", Names: []string{"Query"}, Fields: map[string]*exec.Field{
			"town": {
				Args: func(raw map[string]any) (map[string]any, error) { return raw, nil },
				Resolve: func(ctx context.Context, objs []any, args map[string]any) exec.Calls {
					return exec.Call(objs, erase, func(any) exec.Later[*town] { return exec.After(s.ask(args["name"].(string)), found) })
				},
			},
			"twin": {Resolve: func(ctx context.Context, objs []any, args map[string]any) exec.Calls {
				return exec.Call(objs, erase, func(any) exec.Later[*town] { panic("no twin") })
			}},
		}},
		"Town": {Name: "Town", Names: []string{"Town"}, Plain: plain, Fields: map[string]*exec.Field{
			"name":   {Plain: 1},
			"people": {Plain: 2},
			"twin":   {Resolve: twin},
		}},
	}}
}

// plain appends the name and the number of people of a town, as the generated tables do.
func plain(b []byte, obj any, texts []exec.Text) ([]byte, int, error) {
	for i, t := range texts {
		switch b = append(b, t.Before...); t.Plain {
		case 1:
			b = exec.AppendString(b, obj.(*town).Name)
		case 2:
			b = exec.AppendInt(b, obj.(*town).People)
		case exec.TypeName:
		default:
			return b, i, nil
		}
	}
	return b, len(texts), nil
}

// answer answers query from s.
func answer(s *store, query string, variables map[string]any) *graphql.Response {
	schema := schemaOf(s)
	doc, errs := gqlparser.LoadQueryWithRules(schema.AST, query, nil)
	if errs != nil {
		return &graphql.Response{Errors: errs}
	}
	op := &graphql.OperationContext{Doc: doc, Operation: doc.Operations[0], Variables: variables}
	ctx := graphql.WithResponseContext(context.Background(), func(_ context.Context, err error) *gqlError { return asError(err) }, nil)
	x := exec.Start(ctx, op, exec.Compile(schema, op, false), "the root", s.read)
	out := x.Next(ctx, nil)
	out.Errors = append(out.Errors, graphql.GetErrors(ctx)...)
	return out
}

// Fields of one level are loaded together, whatever their names and places. Here two reads answer
// four towns.
func Example() {
	s := &store{known: make(map[string]*town)}
	out := answer(s, `{ a: town(name: "Wells") { name twin { people } } b: town(name: "Bath") { people twin { name } } }`, nil)
	fmt.Println(string(out.Data))
	// Output:
	// read [Wells Bath]
	// read [Wells-on-Sea Bath-on-Sea]
	// {"a":{"name":"Wells","twin":{"people":12000}},"b":{"people":4000,"twin":{"name":"Bath-on-Sea"}}}
}
