package exec

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// A Pending is a deferred fragment of one object that has not been answered.
type Pending struct {
	ID    int // in this execution, from 0
	Path  ast.Path
	Label string
}

// A Delivery is the answer to a deferred fragment of one object.
type Delivery struct {
	Pending
	Data   []byte // an object, or "null"
	Errors gqlerror.List
}

// Parts holds the parts of the newest response that have no place in gqlgen's Response.
type Parts struct {
	Pending   []Pending // announced by this response
	Delivered []Delivery
}

type partsKey struct{}

// WithParts returns a context whose operation is answered in parts, if it defers fragments.
func WithParts(ctx context.Context) (context.Context, *Parts) {
	p := new(Parts)
	return context.WithValue(ctx, partsKey{}, p), p
}

// PartsIn returns the Parts of ctx; nil if the answer must come in one piece.
func PartsIn(ctx context.Context) *Parts {
	p, _ := ctx.Value(partsKey{}).(*Parts)
	return p
}

// Next returns the next response. The first holds everything that is not deferred; the others
// hold deferred fragments, as they become ready. After the last, Next returns nil. The data of
// the first response is appended to buffer. Errors are added to the response context of ctx.
func (x *Execution) Next(ctx context.Context, buffer []byte) *graphql.Response {
	if len(x.parts) == 0 {
		return nil
	}
	ready, parts := x.ready(), PartsIn(x.ctx)
	if first := ready[0]; first.set == x.plan.root {
		w := &writer{x: x, ctx: ctx, part: first, b: buffer}
		if w.write(); w.full != nil {
			return &graphql.Response{Errors: gqlerror.List{w.full}}
		}
		if parts == nil {
			return &graphql.Response{Data: w.b}
		}
		*parts = Parts{Pending: x.announce(w.deferred)}
		return &graphql.Response{Data: w.b, HasNext: new(len(x.parts) > 0)}
	}
	var deferred []*part
	var ends []int // number of errors of each part
	*parts = Parts{}
	for _, p := range ready {
		w := &writer{x: x, ctx: ctx, part: p, path: p.at}
		if w.write(); w.full != nil {
			return &graphql.Response{Errors: gqlerror.List{w.full}}
		}
		deferred = append(deferred, w.deferred...)
		parts.Delivered = append(parts.Delivered, Delivery{Pending: p.Pending, Data: w.b})
		ends = append(ends, w.errors)
	}
	errs := graphql.GetErrors(ctx)
	for i, n := range ends {
		parts.Delivered[i].Errors, errs = errs[:n:n], errs[n:]
	}
	parts.Pending = x.announce(deferred)
	return &graphql.Response{Data: []byte("null"), HasNext: new(len(x.parts) > 0)}
}

// write writes the part: an object, or null.
func (w *writer) write() {
	began := len(w.b)
	if !w.object(w.part.set, w.part.obj, 0) {
		w.b, w.deferred = append(w.b[:began], "null"...), nil
	}
	w.x.written += len(w.b) - began
}

// announce starts deferred parts and gives each an id.
func (x *Execution) announce(deferred []*part) (pending []Pending) {
	for _, p := range deferred {
		p.ID = x.ids
		x.ids++
		pending = append(pending, p.Pending)
	}
	for _, p := range deferred {
		x.startPart(p)
	}
	return pending
}
