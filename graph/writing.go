package graph

import (
	"context"
	"io"
	"reflect"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/documents"
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
	resolver *Resolver        // knows what stands in no value
	plans    *documents.Plans // what is compiled is kept with the document
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
	var query compiledQuery
	if op.Stats.GetExtension(selfWritingName) != nil && op.Operation.Operation == ast.Query {
		query = s.compiled(op)
	}
	if query.write == nil {
		return s.ExecutableSchema.Exec(ctx)
	}
	var generated graphql.ResponseHandler
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		if generated == nil {
			if text := write(query.begin(ctx, op), query.write, struct{}{}); text != nil {
				done = true
				return &graphql.Response{Data: *text}
			}
			generated = s.ExecutableSchema.Exec(ctx)
		}
		return generated(ctx)
	}
}

// A compiledQuery writes the answer to a query, or cannot: then write is nil.
type compiledQuery struct {
	*compiler
	write writer[struct{}]
}

// compiled compiles op. Without directives, which may tell it to leave out one
// thing or another, that holds for each later execution too.
func (s selfWriting) compiled(op *graphql.OperationContext) compiledQuery {
	beside := s.plans.Beside(op.RawQuery)
	if beside != nil {
		if known, ok := beside.Load(op.Operation); ok {
			return known.(compiledQuery)
		}
	}
	c := &compiler{op: op}
	query := compiledQuery{c, queryObject.writer(c, op.Operation.SelectionSet)}
	if beside != nil && !directed(op.Doc) {
		c.op = nil // is of this execution
		beside.Store(op.Operation, query)
	}
	return query
}

// directed tells whether a directive stands somewhere in doc.
func directed(doc *ast.QueryDocument) bool {
	var in func(ast.SelectionSet) bool
	in = func(sel ast.SelectionSet) bool {
		return slices.ContainsFunc(sel, func(s ast.Selection) bool {
			switch s := s.(type) {
			case *ast.Field:
				return len(s.Directives) > 0 || in(s.SelectionSet)
			case *ast.InlineFragment:
				return len(s.Directives) > 0 || in(s.SelectionSet)
			case *ast.FragmentSpread:
				return len(s.Directives) > 0
			}
			return true
		})
	}
	return slices.ContainsFunc(doc.Operations, func(op *ast.OperationDefinition) bool { return in(op.SelectionSet) }) ||
		slices.ContainsFunc(doc.Fragments, func(f *ast.FragmentDefinition) bool { return in(f.SelectionSet) })
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
}

// resolve calls a resolver and lets its result write itself.
func (w *operationWriters) resolve(ctx context.Context, next graphql.Resolver) (any, error) {
	v, err := next(ctx)
	if err != nil {
		return v, err
	}
	var text *[]byte
	switch v := v.(type) {
	case *SyncRunConnection:
		text = w.runConnections.write(ctx, runConnectionObject, v)
	case *upstream.SyncRun:
		if v == nil {
			return v, nil
		}
		text = w.runs.write(ctx, runObject, v)
	case *SyncConnection: // but no *Sync: what it needs may not have been read ahead
		text = w.syncConnections.write(ctx, syncConnectionObject, v)
	}
	if text != nil {
		return &written{text}, nil
	}
	return v, nil
}

// write lets v write itself into a buffer of texts; nil where it gives up.
func write[T any](x *writing, w writer[T], v T) (text *[]byte) {
	defer func() {
		if recover() != nil { // not lost: generated execution meets it too, and says where
			text = nil
		}
	}()
	text = texts.Get().(*[]byte)
	b := w(x, (*text)[:0], v)
	if b == nil {
		texts.Put(text)
		return nil
	}
	*text = b
	return text
}

// written is a part of an answer that is ready. It is good for one time.
type written struct{ text *[]byte }

// MarshalGQL writes it, and gives its memory to the next.
func (w *written) MarshalGQL(out io.Writer) {
	text := w.text
	w.text = nil // so that a second time is a panic and never somebody else's answer
	_, _ = out.Write(*text)
	reuse(text)
}

const (
	fewBytes = 512     // what one run takes, with all its fields
	maxKept  = 1 << 19 // what five hundred take; no more than that is kept for the next
)

var texts = sync.Pool{New: func() any { return new(make([]byte, 0, fewBytes)) }}

// reuse gives memory that nobody reads any more to the next who writes.
func reuse(text *[]byte) {
	if cap(*text) <= maxKept {
		texts.Put(text)
	}
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
// gives up.
func (w *writers[T]) write(ctx context.Context, o *object[T], v T) *[]byte {
	op, sel := graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field.Selections
	if len(sel) == 0 {
		return nil
	}
	k := w.of(op, o, sel)
	if k.write == nil {
		return nil
	}
	return write(k.begin(ctx, op), k.write, v)
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
