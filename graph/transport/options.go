package transport

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/exec"
	"census-gateway/internal/errcodes"
)

// Default values of [Options].
const (
	defaultMaxBody       = 256 << 10
	defaultMaxDocument   = 64 << 10
	defaultMaxErrorBytes = 1 << 20
)

// allowedMethods lists the supported methods as in the Allow header.
const allowedMethods = "GET, HEAD, POST, OPTIONS"

// Options configure the transports of this package. The zero value serves queries and mutations
// in full.
type Options struct {
	// MaxBody limits the body of a POST and the query string of a GET, in bytes. 0 means 256 KiB.
	MaxBody int64

	// MaxDocument limits the text of one GraphQL document sent by a client, in bytes. 0 means 64
	// KiB.
	MaxDocument int

	// MaxErrorBytes limits the errors of one answer, or of one part of a deferred one, in bytes
	// of JSON. extensions.errorsOmitted counts the omitted errors. 0 means 1 MiB.
	MaxErrorBytes int

	// Present converts the error of a field to the error that clients see. Nil means gqlgen's
	// default presenter.
	Present graphql.ErrorPresenterFunc

	// Variables returns an error that explains which of op's variables is invalid, after gqlgen
	// rejected them. If it is nil or returns nil, gqlgen's error is sent.
	Variables func(op *ast.OperationDefinition, values map[string]any) *gqlerror.Error

	// Headers may add headers, such as Cache-Control, to the answer of an executed operation. It
	// is called once, before the status is written; ctx carries the operation context. Nil adds
	// none.
	Headers func(ctx context.Context, resp *graphql.Response, h http.Header)

	// Release receives the data of each answer in one piece after it has been written, to reuse
	// its memory. A caller that keeps an answer longer must copy it. Nil leaves the data to the
	// garbage collector.
	Release func(data []byte)

	// Last returns the context of a subscription. lasting has the values of ctx and ends when the
	// client leaves, not after the time limit of an operation. It may end earlier, with a cause
	// that holds its close code (see [Closing]). end is called when the subscription is over. A
	// refusal, if not nil, rejects the subscription. With a nil Last, a subscription ends with
	// ctx.
	Last func(ctx context.Context) (lasting context.Context, end func(), refusal *gqlerror.Error)

	// OnPanic is called for each recovered panic, with its stack. Clients see neither. Nil
	// ignores panics.
	OnPanic func(ctx context.Context, value any, stack []byte)
}

// present converts the error of a field for clients. It reports a panic to OnPanic.
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
