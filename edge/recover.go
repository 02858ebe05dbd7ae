package edge

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// Recover turns a panic of a handler into a refusal with INTERNAL_SERVER_ERROR.
// The value and the stack go to log, at error and with the request id, and
// nowhere else. If part of the answer is on its way already the connection is
// cut, so that the client cannot take it for whole. http.ErrAbortHandler passes,
// as net/http wants it. log must not be nil.
func Recover(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen := &startedWriter{ResponseWriter: w}
			defer func() {
				cause := recover()
				if cause == nil {
					return
				}
				if cause == http.ErrAbortHandler {
					panic(cause)
				}
				log.ErrorContext(r.Context(), "handler panicked", "requestId", RequestIDFrom(r.Context()),
					"panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
				if seen.started {
					panic(http.ErrAbortHandler)
				}
				Refuse(w, r, &Refusal{Status: http.StatusInternalServerError, Code: CodeInternal,
					Message: "Something went wrong in the gateway."})
			}()
			next.ServeHTTP(seen, r)
		})
	}
}

// A startedWriter knows whether an answer has begun.
type startedWriter struct {
	http.ResponseWriter
	started bool
}

func (w *startedWriter) WriteHeader(status int) {
	w.started = w.started || status >= 200 || status == http.StatusSwitchingProtocols
	w.ResponseWriter.WriteHeader(status)
}

func (w *startedWriter) Write(p []byte) (int, error) {
	w.started = true
	return w.ResponseWriter.Write(p)
}

// Flush sends what is there, for handlers that ask for an http.Flusher.
func (w *startedWriter) Flush() {
	w.started = true
	http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap serves http.ResponseController (deadlines, hijacking).
func (w *startedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
