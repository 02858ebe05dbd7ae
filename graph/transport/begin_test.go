package transport

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"census-gateway/graph/transport/internal/testschema"
)

// streamed is what stream writes of query in a second, and how long it takes. The
// labels are the client's own.
func streamed(t *testing.T, res *testschema.Resolvers, query string) (answer string, took time.Duration) {
	t.Helper()
	schema := testschema.NewExecutableSchema(testschema.Config{Resolvers: res})
	exec := executor.New(schema)
	start := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	op, errs := exec.CreateOperationContext(graphql.StartOperationTrace(ctx), &graphql.RawParams{Query: query})
	if errs != nil {
		t.Fatal(errs)
	}
	w := httptest.NewRecorder()
	Options{Schema: schema.Schema()}.stream(ctx, w, exec, mediaJSON, op, map[string]string{"x": "x", "y": "y"})
	return w.Body.String(), time.Since(start)
}

// TestDeferNeverComes has gqlgen wait for what does not come, since two parts have
// the same label: the answer ends all the same, and leaves nothing behind, or
// synctest would complain.
func TestDeferNeverComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer, took := streamed(t, &testschema.Resolvers{},
			`{items(n:2){id ...@defer(label:"x"){slow parent{id}} ...@defer(label:"x"){slow} ...@defer(label:"y"){parent{id}}}}`)
		const late = `"extensions":{"code":"UPSTREAM_TIMEOUT"}`
		if took != time.Second+patience || strings.Count(answer, late) != 2 || strings.Count(answer, `"label":"y"`) != 2 {
			t.Errorf("after %v: %s", took, answer)
		}
		for _, part := range []string{`"path":["items",0,"slow"],` + late, `"data":null,"path":["items",1],"label":"x"}`, `"hasNext":false}`} {
			if !strings.Contains(answer, part) {
				t.Errorf("no %s in %s", part, answer)
			}
		}
	})
}

// TestDeferDeaf has a resolver that does not hear that its time is over. What comes
// after patience is dropped.
func TestDeferDeaf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deaf := func(context.Context, string) error { time.Sleep(time.Minute); return nil }
		answer, took := streamed(t, &testschema.Resolvers{Slow: deaf}, `{item{id ...@defer(label:"x"){slow parent{id ...@defer(label:"y"){slow}}}}}`)
		if took != time.Second+patience || !strings.Contains(answer, `"path":["item"],"label":"x"`) {
			t.Errorf("after %v: %s", took, answer)
		}
		time.Sleep(time.Hour)
	})
}
