package edge

import (
	"context"
	"net/http"
)

// known is what the layers find out about a request. It is one value in the
// request's context, put there by RequestID and filled on the way in: a context and
// a copy of the request for each fact would cost more than finding it. Whoever
// stands outside of a layer sees, when that has returned, what it found.
type known struct {
	requestID string   // empty outside of RequestID
	caller    Caller   // the zero Caller where nobody has been let in
	refusal   *Refusal // that was the answer; nil if none was, or if it was taken
	share     *share   // of the memory for large answers; nil outside of Recover
}

type knownKey struct{}

func knownOf(ctx context.Context) *known {
	k, _ := ctx.Value(knownKey{}).(*known)
	return k
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
