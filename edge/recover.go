package edge

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"census-gateway/internal/errcodes"
)

// Recover turns a panic of a handler into an INTERNAL_SERVER_ERROR. It writes the panic value and
// the stack to log only, at error and with the request id. If part of the answer was already
// sent, it closes the connection, so that the client cannot take the answer for complete.
// http.ErrAbortHandler propagates, as net/http requires. log must not be nil.
//
// Recover also bounds the memory of large answers by memory; nil means no bound. See HasRoom.
func Recover(log *slog.Logger, memory *AnswerMemory) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := &answerWriter{ResponseWriter: w, r: r}
			answer.memory.memory = memory
			if k := requestInfoOf(r.Context()); k != nil {
				k.memory = &answer.memory
			}
			defer func() {
				answer.memory.release()
				cause := recover()
				if cause == nil {
					return
				}
				if cause == http.ErrAbortHandler {
					panic(cause)
				}
				log.ErrorContext(r.Context(), "handler panicked", "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
				if answer.status != 0 {
					panic(http.ErrAbortHandler)
				}
				Refuse(w, r, &Refusal{Status: http.StatusInternalServerError, Code: errcodes.Internal,
					Message: "Internal error in the gateway. Try again, or give your operator the id in X-Request-Id."})
			}()
			next.ServeHTTP(answer, r)
		})
	}
}
