package graph

import (
	"context"
	"io"
	"reflect"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/upstream"
)

// selfWriting is the extension by which the results of resolvers write
// themselves where they can (write.go). A result that is a graphql.Marshaler
// goes into the answer as it is; one that could not write itself is left to
// generated execution.
//
// It stands aside where another extension wants to see fields (AroundFields):
// fields of what writes itself are not seen.
type selfWriting struct{}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = selfWriting{}

// ExtensionName is the name by which gqlgen knows the extension.
func (selfWriting) ExtensionName() string { return "SelfWriting" }

// Validate has nothing against any schema.
func (selfWriting) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext puts a step behind each resolver of op.
func (selfWriting) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if reflect.ValueOf(op.ResolverMiddleware).Pointer() == unobserved() {
		op.ResolverMiddleware = (&operationWriters{
			connections: writers[*SyncRunConnection]{object: runConnectionObject},
			runs:        writers[run]{object: runObject},
		}).resolve
	}
	return nil
}

// unobserved is the code of the function through which gqlgen calls resolvers
// while no extension wants to see fields. It has no name to compare with, so it
// is got from a server that has no extension.
var unobserved = sync.OnceValue(func() uintptr {
	bare := executor.New(NewExecutableSchema(Config{}))
	op, _ := bare.CreateOperationContext(graphql.StartOperationTrace(context.Background()), &graphql.RawParams{Query: "{ __typename }"})
	return reflect.ValueOf(op.ResolverMiddleware).Pointer()
})

// operationWriters are what one operation asks of results that write themselves.
type operationWriters struct {
	connections writers[*SyncRunConnection]
	runs        writers[run]
}

// resolve calls a resolver and lets its result write itself.
func (w *operationWriters) resolve(ctx context.Context, next graphql.Resolver) (any, error) {
	v, err := next(ctx)
	if err != nil {
		return v, err
	}
	var out *written
	switch v := v.(type) {
	case *SyncRunConnection:
		out = w.connections.write(ctx, v)
	case *upstream.SyncRun:
		out = w.runs.write(ctx, v)
	}
	if out != nil {
		return out, nil
	}
	return v, nil
}

// written is a part of an answer that is ready. It is good for one time.
type written struct{ text *[]byte }

// MarshalGQL writes it, and gives its memory to the next.
func (w *written) MarshalGQL(out io.Writer) {
	text := w.text
	w.text = nil // so that a second time is a panic and never somebody else's answer
	_, _ = out.Write(*text)
	if cap(*text) <= maxKept {
		*text = (*text)[:0]
		texts.Put(text)
	}
}

const (
	fewBytes = 512     // what one run takes, with all its fields
	maxKept  = 1 << 17 // what a hundred take, and more; no more than that is kept for the next
)

var texts = sync.Pool{New: func() any { return new(make([]byte, 0, fewBytes)) }}

// writers are the writers of one type that an operation has needed so far: one
// for each of its fields that gives the type, however many values there are.
type writers[T any] struct {
	object *object[T]
	mu     sync.Mutex
	known  []knownWriter[T]
}

type knownWriter[T any] struct {
	sel   *ast.Selection // the first of the field's selection, which gqlgen collects once
	n     int            // and how many there are
	write writer[T]
}

// write lets v, the result of the field of ctx, write itself; nil where it
// gives up.
func (w *writers[T]) write(ctx context.Context, v T) (out *written) {
	write := w.of(graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field.Selections)
	if write == nil {
		return nil
	}
	defer func() {
		if recover() != nil { // not lost: generated execution meets it too, and says where
			out = nil
		}
	}()
	text := texts.Get().(*[]byte)
	b := write(*text, v)
	if b == nil {
		texts.Put(text)
		return nil
	}
	*text = b
	return &written{text}
}

func (w *writers[T]) of(op *graphql.OperationContext, sel ast.SelectionSet) writer[T] {
	if len(sel) == 0 {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range w.known {
		if k.sel == &sel[0] && k.n == len(sel) {
			return k.write
		}
	}
	k := knownWriter[T]{&sel[0], len(sel), w.object.writer(op, sel)}
	w.known = append(w.known, k)
	return k.write
}
