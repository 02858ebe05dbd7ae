package edge

import (
	"context"
	"net/http"

	"census-gateway/internal/notes"
)

// known is what the layers find out about a request: what all rooms know, and what is
// edge's own. It is the request's context from RequestID on. Whoever stands outside of a
// layer sees, when that has returned, what it found.
type known struct {
	context.Context
	notes.Notes
	caller  Caller   // the zero Caller where nobody has been let in
	refusal *Refusal // that was the answer; nil if none was, or if it was taken
	share   *share   // of the memory for large answers; nil outside of Recover
}

func knownOf(ctx context.Context) *known {
	k, _ := ctx.Value(notes.Key{}).(*known)
	return k
}

// withKnown returns a context of a request that begins now.
func withKnown(ctx context.Context, id string, caller Caller) context.Context {
	k := &known{Context: ctx, caller: caller}
	k.ID = id
	k.Begin()
	return k
}

// Value is k itself under the key of notes.
func (k *known) Value(key any) any {
	if key == (notes.Key{}) {
		return k
	}
	return k.Context.Value(key)
}

// TakeRefusal returns the Refusal that the request was answered with, once: whoever
// takes it tells operators of it. It is nil if there was none, or outside of RequestID.
func TakeRefusal(ctx context.Context) *Refusal {
	k := knownOf(ctx)
	if k == nil {
		return nil
	}
	why := k.refusal
	k.refusal = nil
	return why
}

// Refusals calls tell for each request that was answered with a Refusal which nobody
// has taken. It stands directly inside of RequestID.
func Refusals(tell func(*http.Request, *Refusal)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if why := TakeRefusal(r.Context()); why != nil {
				tell(r, why)
			}
		})
	}
}
