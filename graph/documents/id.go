package documents

import "context"

type idKey struct{}

// WithID puts the documentId of a request where [Persisted] finds it. An empty
// id leaves ctx as it is.
func WithID(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	return context.WithValue(ctx, idKey{}, id)
}

// ID is the documentId of the request, or "" if it has none.
func ID(ctx context.Context) string {
	id, _ := ctx.Value(idKey{}).(string)
	return id
}
