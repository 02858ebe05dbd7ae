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
// Recover also bounds the memory of large answers by sending; nil means no bound. See Hold.
func Recover(log *slog.Logger, sending *Sending) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := &answerWriter{ResponseWriter: w, r: r}
			answer.share.of = sending
			if k := knownOf(r.Context()); k != nil {
				k.share = &answer.share
			}
			defer func() {
				answer.share.end()
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
