package documents

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

func TestBounds(t *testing.T) {
	ctx := context.Background()
	texts := NewTexts(nil)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 200 {
				text := fmt.Sprintf("#%d %d %s", g, i, strings.Repeat("x", 30_000))
				texts.put(hashOf(text), text)
			}
		})
	}
	all.Wait()
	if n, used := texts.entries.Len(), texts.entries.Used(); used > textBytes || n < 100 {
		t.Errorf("%d texts of %d bytes", n, used)
	}
	texts.put("long", strings.Repeat("x", maxText+1))
	if _, ok := texts.get("long"); ok {
		t.Error("a long text was kept")
	}
	parsed := NewParsed()
	parsed.Add(ctx, strings.Repeat("x", maxParsed+1), &ast.QueryDocument{})
	parsed.Add(ctx, strings.Repeat("x", maxParsed), &ast.QueryDocument{})
	if n := parsed.entries.Len(); n != 1 {
		t.Errorf("%d documents", n)
	}
}

// TestParsedFactor measures the memory of parsed documents, so that parsedFactor stays correct
// with new parser versions.
func TestParsedFactor(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query{a:Int sync(id:ID!):Sync} type Sync{id:ID! label:String runs(first:Int):[Sync!]!}`})
	for name, query := range map[string]string{
		"printed": "query Q($id: ID!) {\n" + strings.Repeat("  sync(id: $id) {\n    id\n    label\n    runs(first: 10) {\n      id\n      label\n    }\n  }\n", 20) + "}",
		"worst":   "{" + strings.Repeat("a ", 300) + "}",
		"dense":   "{" + strings.Repeat("sync(id:1){id label}", 100) + "}",
	} {
		const n = 20
		docs := make([]*ast.QueryDocument, n)
		before := heap()
		for i := range docs {
			doc, errs := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules())
			if errs != nil {
				t.Fatal(errs)
			}
			docs[i] = doc
		}
		factor := float64(heap()-before) / float64(n*len(query))
		t.Logf("%s: %.1f bytes for each byte of text", name, factor)
		if factor > parsedFactor {
			t.Errorf("%s: %.1f bytes for each byte of text, parsedFactor is %d", name, factor, parsedFactor)
		}
		runtime.KeepAlive(docs)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A value can be stored beside a shared document. A copy of the document made for one request has
// no such place.
func TestValues(t *testing.T) {
	parsed, doc := NewParsed(), &ast.QueryDocument{}
	parsed.Add(t.Context(), "{a}", doc)
	begin := func(text string, doc *ast.QueryDocument) *graphql.OperationContext {
		op := &graphql.OperationContext{RawQuery: text, Doc: doc}
		if err := parsed.MutateOperationContext(t.Context(), op); err != nil {
			t.Fatal(err)
		}
		return op
	}
	op := begin("{a}", doc)
	values := Values(op)
	if values == nil || values != Values(begin("{a}", doc)) {
		t.Error("two requests have different maps")
	}
	op.Doc = &ast.QueryDocument{}
	if Values(op) != nil || Values(begin("{a}", op.Doc)) != nil || Values(begin("{b}", doc)) != nil || Values(&graphql.OperationContext{}) != nil {
		t.Error("a document that is not cached has a map")
	}
}
