package graph

import (
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

// errNoRoom returns the answer if Hold rejects an answer.
func errNoRoom() *gqlerror.Error {
	return &gqlerror.Error{Message: "Too many large answers are being made or sent. Try again in a moment, or ask for less.",
		Extensions: map[string]any{"code": errcodes.Overloaded, "retryAfterSeconds": 1}}
}
