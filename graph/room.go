package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/transport"
)

// hold refuses an answer, or a part of one, for which there is no room. What writes
// itself asks before (writing.room); what is executed otherwise is asked for here.
func (opt Options) hold(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	resp := next(ctx)
	if resp != nil && !opt.Hold(ctx, len(resp.Data)) {
		return &graphql.Response{Errors: gqlerror.List{errNoRoom()}}
	}
	return resp
}

// fewHeld is how many bytes are written before anybody is asked for room.
const fewHeld = 32 << 10

// room tells whether there is room for so many bytes of x.
func (x *writing) room(bytes int) bool {
	if bytes > max(x.held, fewHeld) {
		made := x.made.Add(int64(bytes - x.held))
		x.held, x.full = bytes, !x.resolver.hold(x.ctx, int(made))
	}
	return !x.full
}

func errNoRoom() *gqlerror.Error {
	return &gqlerror.Error{Message: "Too many large answers are being made or sent. Try again in a moment, or ask for less.",
		Extensions: map[string]any{"code": transport.CodeOverloaded, "retryAfterSeconds": 1}}
}
