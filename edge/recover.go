package edge

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"census-gateway/internal/errcodes"
)

// Recover turns a panic of a handler into a refusal with INTERNAL_SERVER_ERROR.
// The value and the stack go to log, at error and with the request id, and
// nowhere else. If part of the answer is on its way already the connection is
// cut, so that the client cannot take it for whole. http.ErrAbortHandler passes,
// as net/http wants it. log must not be nil.
//
// It also bounds the large answers in memory by sending, nil for no bound: see Hold.
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
					Message: "Something went wrong in the gateway."})
			}()
			next.ServeHTTP(answer, r)
		})
	}
}
