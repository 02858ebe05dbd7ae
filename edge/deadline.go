package edge

import (
	"context"
	"net/http"
	"time"
)

// Deadline bounds the time of a request from here on, waiting for others who do
// the same included. What is below has a bound of its own for what it does itself;
// d is a little more than that.
func Deadline(d time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), d)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}
