package edge

import (
	"net/http"
	"strings"
)

// An answerWriter records how far an answer has come. It writes one Vary line, however many
// layers have added to it. It replaces a large answer by a refusal if there is no memory for it.
type answerWriter struct {
	http.ResponseWriter
	r       *http.Request
	memory  answerShare // of the memory for large answers
	status  int         // 0 until the answer begins, ignoring early hints
	refused bool        // further writes are discarded
}

// Status returns the status of the answer that has begun on w, a writer from inside of Recover; 0
// if it has not begun.
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

// WriteHeader begins the answer if status is final.
func (w *answerWriter) WriteHeader(status int) {
	if w.refused {
		return
	}
	if status >= 200 {
		if w.status == 0 && !w.reserve() {
			return
		}
		w.writeStatus(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write begins the answer if it has not begun.
func (w *answerWriter) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	w.writeStatus(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// Flush sends buffered data, for handlers that use http.Flusher.
func (w *answerWriter) Flush() {
	w.writeStatus(http.StatusOK)
	http.NewResponseController(w.ResponseWriter).Flush()
}

// reserve reserves memory for the answer that is about to begin, or rejects it.
func (w *answerWriter) reserve() bool {
	ok := w.memory.setFromHeader(w.Header())
	if !ok {
		w.refused, w.status = true, http.StatusServiceUnavailable
		Refuse(w.ResponseWriter, w.r, noMemory())
	}
	return ok
}

func (w *answerWriter) writeStatus(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	h := w.Header()
	if vary := h["Vary"]; len(vary) > 1 {
		delete(h, "Vary") // without this, a full map would grow although the key is there
		h["Vary"] = []string{strings.Join(vary, ", ")}
	}
}

// Unwrap serves http.ResponseController (deadlines).
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
