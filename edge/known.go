package edge

import "context"

// known is what the layers find out about a request. It is one value in the
// request's context, put there by RequestID and filled on the way in: a context and
// a copy of the request for each fact would cost more than finding it. Whoever
// stands outside of a layer sees, when that has returned, what it found.
type known struct {
	requestID string // empty outside of RequestID
	caller    Caller // the zero Caller where nobody has been let in
}

type knownKey struct{}

func knownOf(ctx context.Context) *known {
	k, _ := ctx.Value(knownKey{}).(*known)
	return k
}
