package edge

import (
	"net/http"
	"strings"
)

// An answerWriter knows how far an answer has come. It sends what the answer
// depends on as one header line, however many layers have told of it. In place of a
// large answer for which there is no room it sends a refusal.
type answerWriter struct {
	http.ResponseWriter
	r       *http.Request
	share   share // of the memory for large answers
	status  int   // 0 until the answer begins; early hints do not count
	refused bool  // what is written now is dropped
}

// Status is the status of the answer that has begun on w, which is a writer from
// inside of Recover; 0 if none has.
func Status(w http.ResponseWriter) int {
	for {
		switch inner := w.(type) {
		case *answerWriter:
			return inner.status
		case interface{ Unwrap() http.ResponseWriter }:
			w = inner.Unwrap()
		default:
			return 0
		}
	}
}

// WriteHeader begins the answer, if status is a final one.
func (w *answerWriter) WriteHeader(status int) {
	if w.refused {
		return
	}
	if status >= 200 {
		if w.status == 0 && !w.room() {
			return
		}
		w.begin(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write begins the answer, if that has not happened.
func (w *answerWriter) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	w.begin(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// Flush sends what is there, for handlers that ask for an http.Flusher.
func (w *answerWriter) Flush() {
	w.begin(http.StatusOK)
	http.NewResponseController(w.ResponseWriter).Flush()
}

// room books the answer that is about to begin, or refuses it.
func (w *answerWriter) room() bool {
	ok := w.share.settle(w.Header())
	if !ok {
		w.refused, w.status = true, http.StatusServiceUnavailable
		Refuse(w.ResponseWriter, w.r, noRoom())
	}
	return ok
}

func (w *answerWriter) begin(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	h := w.Header()
	if vary := h["Vary"]; len(vary) > 1 {
		delete(h, "Vary") // a map that is full grows before it looks whether the key is there
		h["Vary"] = []string{strings.Join(vary, ", ")}
	}
}

// Unwrap serves http.ResponseController (deadlines).
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
