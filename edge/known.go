package edge

import "context"

// known is what the layers find out about a request. It is one value in the
// request's context, put there by RequestID and filled on the way in: a context and
// a copy of the request for each fact would cost more than finding it. Whoever
// stands outside of a layer sees, when that has returned, what it found.
type known struct {
	requestID string // empty outside of RequestID
	caller    Caller // the zero Caller where nobody has been let in
	refused   string // code of the refusal that was the answer; empty if none was
}

type knownKey struct{}

func knownOf(ctx context.Context) *known {
	k, _ := ctx.Value(knownKey{}).(*known)
	return k
}

// RefusedFrom returns the code of the Refusal that the request was answered with;
// empty if it was not, or outside of RequestID.
func RefusedFrom(ctx context.Context) string {
	if k := knownOf(ctx); k != nil {
		return k.refused
	}
	return ""
}
