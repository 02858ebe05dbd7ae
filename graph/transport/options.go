package transport

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/exec"
	"census-gateway/internal/errcodes"
)

// Defaults of [Options].
const (
	defaultMaxBody       = 256 << 10
	defaultMaxDocument   = 64 << 10
	defaultMaxErrorBytes = 1 << 20
)

// allowed are the methods served, in the form of the Allow header.
const allowed = "GET, HEAD, POST, OPTIONS"

// Options are shared by the transports of this package. The zero value serves
// queries and mutations whole.
type Options struct {
	// MaxBody bounds the body of a POST and the query string of a GET, in
	// bytes. 0 means 256 KiB.
	MaxBody int64

	// MaxDocument bounds the text of one GraphQL document that a client sends,
	// in bytes. 0 means 64 KiB.
	MaxDocument int

	// MaxErrorBytes bounds the errors of one answer, or of one part of a deferred
	// one, as JSON; extensions.errorsOmitted tells how many were left out. 0 means
	// 1 MiB.
	MaxErrorBytes int

	// Present makes of what a field returned the error that clients read. Nil means
	// gqlgen's own presenter.
	Present graphql.ErrorPresenterFunc

	// Variables says what is wrong with the values of op's variables, which gqlgen
	// refuses. Nil, or where it finds nothing, leaves the word to gqlgen.
	Variables func(op *ast.OperationDefinition, values map[string]any) *gqlerror.Error

	// Headers may add headers to the answer of an operation that was executed,
	// such as Cache-Control. It is called once, before the status is written;
	// ctx carries the operation context. Nil adds none.
	Headers func(ctx context.Context, resp *graphql.Response, h http.Header)

	// Release is given the data of each answer that came in one piece when it
	// has been written, for its memory to be used again; whoever keeps an answer
	// beyond that keeps a copy. Nil leaves it to the garbage collector.
	Release func(data []byte)

	// Last lets the answer to a subscription last: lasting has what ctx has, but ends with the
	// client and not with the time of an operation, and may end earlier, by a cause that
	// tells its close code (see [Closing]). end is called when it is over. If there may be no
	// further ones, refusal says so. Nil: it lasts for as long as ctx.
	Last func(ctx context.Context) (lasting context.Context, end func(), refusal *gqlerror.Error)

	// OnPanic is told of each panic that was contained here, with its stack.
	// Nothing of either reaches the client. Nil discards them.
	OnPanic func(ctx context.Context, value any, stack []byte)
}

// Add adds the transports for POST, GET and OPTIONS to srv, and after them the
// one that refuses all other methods, and sets what presents errors. Call it last.
func Add(srv *handler.Server, opt Options) {
	srv.SetErrorPresenter(opt.present)
	srv.AddTransport(POST{opt})
	srv.AddTransport(GET{opt})
	srv.AddTransport(OPTIONS{})
	srv.AddTransport(NotAllowed{})
}

// present is the error that a client reads of what a field returned. A panic is told to
// OnPanic.
func (o Options) present(ctx context.Context, err error) *gqlerror.Error {
	var panicked *exec.Panic
	if errors.As(err, &panicked) {
		if o.OnPanic != nil {
			o.OnPanic(ctx, panicked.Value, panicked.Stack)
		}
		at := graphql.DefaultErrorPresenter(ctx, err)
		at.Message, at.Extensions, at.Err = internalMessage, map[string]any{"code": errcodes.Internal}, nil
		err = at
	}
	if o.Present != nil {
		return o.Present(ctx, err)
	}
	return graphql.DefaultErrorPresenter(ctx, err)
}

func (o Options) maxBody() int64     { return cmp.Or(o.MaxBody, defaultMaxBody) }
func (o Options) maxDocument() int   { return cmp.Or(o.MaxDocument, defaultMaxDocument) }
func (o Options) maxErrorBytes() int { return cmp.Or(o.MaxErrorBytes, defaultMaxErrorBytes) }
