package graph

import (
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/limits"
	"census-gateway/internal/errcodes"
)

// errTooManyAnswers returns the answer if Hold rejects an answer.
func errTooManyAnswers() *gqlerror.Error {
	return &gqlerror.Error{Message: "Too many large answers are being made or sent. Try again in a moment, or ask for less.",
		Extensions: map[string]any{"code": errcodes.Overloaded, "retryAfterSeconds": 1}}
}

// badInput returns an error about the caller's input, with a message for the caller.
func badInput(format string, args ...any) *gqlerror.Error {
	err := gqlerror.Errorf(format, args...)
	err.Extensions = map[string]any{"code": errcodes.BadUserInput}
	return err
}

// errReadLimit returns the error for a list that the read limit stops at its start. An empty page
// with the same cursor would make clients repeat the query forever.
func errReadLimit(allowed int, format string, args ...any) error {
	err := gqlerror.Errorf("query too expensive: "+format, args...)
	err.Extensions = map[string]any{"code": errcodes.QueryTooExpensive, "limit": string(limits.Calls), "allowed": allowed, "actual": allowed + 1}
	return err
}
