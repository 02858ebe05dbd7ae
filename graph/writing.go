package graph

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/upstream"
)

// selfWriting is the schema whose answers write themselves where they can
// (write.go): whole ones, else the results of single resolvers. A result that is
// a graphql.Marshaler goes into the answer as it is; one that could not write
// itself is left to generated execution.
//
// It is an extension too, and has to be used as one. It stands aside where
// another extension wants to see fields (AroundFields, AroundRootFields): fields
// of what writes itself are not seen.
type selfWriting struct {
	graphql.ExecutableSchema
	resolver *Resolver // knows what stands in no value
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = selfWriting{}

const selfWritingName = "SelfWriting"

// ExtensionName is the name by which gqlgen knows the extension.
func (selfWriting) ExtensionName() string { return selfWritingName }

// Validate has nothing against any schema.
func (selfWriting) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext puts a step behind each resolver of op.
func (s selfWriting) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	resolver, root := middleware(op)
	if ownResolver, ownRoot := unobserved(); resolver == ownResolver && root == ownRoot {
		op.ResolverMiddleware = new(operationWriters).resolve
		op.Stats.SetExtension(selfWritingName, s.resolver)
	}
	return nil
}

// Exec answers the operation of ctx.
func (s selfWriting) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	query := planOf(op).query
	if query.write == nil || op.Stats.GetExtension(selfWritingName) == nil {
		return s.ExecutableSchema.Exec(ctx)
	}
	var generated graphql.ResponseHandler
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		if generated == nil {
			x := query.begin(ctx, op, new(atomic.Int64))
			text := write(x, query.write, struct{}{})
			if done = text != nil || x.full; text != nil {
				return &graphql.Response{Data: *text}
			}
			if x.full {
				return &graphql.Response{Errors: gqlerror.List{errNoRoom()}}
			}
			generated = s.ExecutableSchema.Exec(ctx)
		}
		return generated(ctx)
	}
}

// unobserved are the functions through which gqlgen calls resolvers while no
// extension wants to see fields. They have no names to compare with, so they are
// got from a server that has no extension.
var unobserved = sync.OnceValues(func() (resolver, root uintptr) {
	bare := executor.New(NewExecutableSchema(Config{}))
	op, _ := bare.CreateOperationContext(graphql.StartOperationTrace(context.Background()), &graphql.RawParams{Query: "{ __typename }"})
	return middleware(op)
})

// middleware is the code of what stands around op's resolvers.
func middleware(op *graphql.OperationContext) (resolver, root uintptr) {
	return reflect.ValueOf(op.ResolverMiddleware).Pointer(), reflect.ValueOf(op.RootResolverMiddleware).Pointer()
}

// operationWriters are what one operation asks of results that write themselves.
type operationWriters struct {
	syncConnections writers[*SyncConnection]
	runs            writers[run]
	runConnections  writers[*SyncRunConnection]
	made            atomic.Int64 // bytes of them
}

// resolve calls a resolver and lets its result write itself.
func (w *operationWriters) resolve(ctx context.Context, next graphql.Resolver) (any, error) {
	v, err := next(ctx)
	if err != nil {
		return v, err
	}
	var text *[]byte
	full := false
	switch v := v.(type) {
	case *SyncRunConnection:
		text, full = w.runConnections.write(ctx, runConnectionObject, v, &w.made)
	case *upstream.SyncRun:
		if v == nil {
			return v, nil
		}
		text, full = w.runs.write(ctx, runObject, v, &w.made)
	case *SyncConnection: // but no *Sync: what it needs may not have been read ahead
		text, full = w.syncConnections.write(ctx, syncConnectionObject, v, &w.made)
	}
	if full {
		return nil, errNoRoom()
	}
	if text != nil {
		return &written{text}, nil
	}
	return v, nil
}

// writers are the writers of one type that an operation has needed so far: one
// for each of its fields that gives the type, however many values there are.
type writers[T any] struct {
	mu    sync.Mutex
	known []knownWriter[T]
}

type knownWriter[T any] struct {
	*compiler
	sel   *ast.Selection // the first of the field's selection, which gqlgen collects once
	n     int            // and how many there are
	write writer[T]
}

// write lets v, the result of the field of ctx, write itself as o; nil where it
// gives up. full tells that there is no room for it.
func (w *writers[T]) write(ctx context.Context, o *object[T], v T, made *atomic.Int64) (text *[]byte, full bool) {
	op, sel := graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field.Selections
	if len(sel) == 0 {
		return nil, false
	}
	k := w.of(op, o, sel)
	if k.write == nil {
		return nil, false
	}
	x := k.begin(ctx, op, made)
	text = write(x, k.write, v)
	return text, x.full
}

func (w *writers[T]) of(op *graphql.OperationContext, o *object[T], sel ast.SelectionSet) knownWriter[T] {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range w.known {
		if k.sel == &sel[0] && k.n == len(sel) {
			return k
		}
	}
	c := &compiler{op: op}
	k := knownWriter[T]{c, &sel[0], len(sel), o.writer(c, sel)}
	w.known = append(w.known, k)
	return k
}
