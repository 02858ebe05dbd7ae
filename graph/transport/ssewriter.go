package transport

import (
	"io"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
)

type sseWriter struct{ w http.ResponseWriter }

func newSSEWriter(w http.ResponseWriter) sseWriter {
	answerHeader(w)["Content-Type"] = contentTypes[mediaEvents]
	w.Header()["X-Accel-Buffering"] = []string{"no"} // for nginx
	w.WriteHeader(http.StatusOK)
	return sseWriter{w}
}

// begin sends an id without an event. Browsers store the id.
func (s sseWriter) begin(id string) error { return writeText(s.w, ":\nid: "+id+"\n\n") }

func (s sseWriter) event(id string, resp *graphql.Response) error {
	before, after := envelope(resp)
	if id != "" {
		before = "event: next\nid: " + id + "\ndata: " + before
	} else {
		before = eventBegin + before
	}
	return writeWhole(s.w, before, resp.Data, after+eventEnd)
}

func (s sseWriter) heartbeat() error { return writeText(s.w, eventHeartbeat) }

func (s sseWriter) complete() error { return writeText(s.w, eventComplete) }

func (s sseWriter) close(code int, why string) error {
	return writeText(s.w, ": "+strconv.Itoa(code)+" "+why+"\n\n")
}

func writeText(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}

// writeWhole writes three texts in one Write.
func writeWhole(w io.Writer, before string, data []byte, after string) error {
	b := make([]byte, 0, len(before)+len(data)+len(after))
	b = append(append(append(b, before...), data...), after...)
	_, err := w.Write(b)
	return err
}
