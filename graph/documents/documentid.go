package documents

import "context"

type idKey struct{}

// WithID returns a context with the documentId of a request, for [Persisted]. It returns ctx for
// an empty id.
func WithID(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	return context.WithValue(ctx, idKey{}, id)
}

// ID returns the documentId of the request, or "" if it has none.
func ID(ctx context.Context) string {
	id, _ := ctx.Value(idKey{}).(string)
	return id
}
