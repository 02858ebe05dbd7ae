package edge

import (
	"context"
	"crypto/rand"
	"net/http"
	"regexp"
)

var goodRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

type requestIDKey struct{}

// RequestID gives every request an id, in its context and in the answer's
// X-Request-Id. It keeps the one a proxy or client sent if that is 1 to 64 of
// A-Z a-z 0-9 . _ -, and otherwise makes one of 130 random bits; what else was
// sent is dropped, for it would reach logs.
func RequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var id string
		if sent := r.Header["X-Request-Id"]; len(sent) == 1 && goodRequestID.MatchString(sent[0]) {
			id = sent[0]
		} else {
			id = rand.Text()
		}
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// RequestIDFrom returns the id RequestID gave; empty outside a request.
func RequestIDFrom(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
