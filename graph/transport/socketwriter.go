package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// A socketWriter converts the answer of an operation to messages, one for each server-sent event,
// or one for an answer in one piece.
type socketWriter struct {
	c      *socket
	id     string
	ctx    context.Context // of the operation; ends when the client completes it
	header http.Header
	events bool
	body   bytes.Buffer
	ended  bool // error or complete was sent, or the client completed it
}

// Header returns the header of the answer.
func (w *socketWriter) Header() http.Header { return w.header }

// WriteHeader notes whether events follow.
func (w *socketWriter) WriteHeader(int) {
	w.events = strings.HasPrefix(w.header.Get("Content-Type"), "text/event-stream")
}

// Flush does nothing.
func (w *socketWriter) Flush() {}

// Write accepts an event as written by [sseWriter], or a piece of an answer.
func (w *socketWriter) Write(p []byte) (int, error) {
	if !w.events {
		return w.body.Write(p)
	}
	text := strings.TrimSuffix(string(p), eventEnd)
	_, data, isNext := strings.Cut(text, "\ndata: ")
	switch {
	case w.done():
		return 0, context.Canceled
	case isNext && strings.HasPrefix(text, "event: next\n"):
		w.next([]byte(data))
	case text+eventEnd == eventComplete:
		w.complete()
	case strings.HasPrefix(text, ": "):
		code, why, _ := strings.Cut(text[2:], " ")
		if n, err := strconv.Atoi(code); err == nil {
			w.ended = true
			w.c.close(n, why[:min(len(why), 120)]) // the protocol limits a reason to 123 bytes
		}
	}
	return len(p), nil
}

// done reports whether the operation has ended, so that no more messages may be sent.
func (w *socketWriter) done() bool { return w.ended || w.ctx.Err() != nil }

// next sends an answer. An answer without data is an error, and the last message.
func (w *socketWriter) next(answer []byte) {
	var parts struct {
		Data   json.RawMessage
		Errors json.RawMessage
	}
	if bytes.HasPrefix(answer, []byte(`{"errors":`)) && json.Unmarshal(answer, &parts) == nil && parts.Data == nil {
		w.end(message{Type: "error", ID: w.id, Payload: parts.Errors})
		return
	}
	id, _ := json.Marshal(w.id)
	b := make([]byte, 0, len(answer)+len(id)+40)
	b = append(append(b, `{"id":`...), id...)
	b = append(append(b, `,"type":"next","payload":`...), answer...)
	w.c.write(append(b, '}'))
}

func (w *socketWriter) complete() { w.end(message{Type: "complete", ID: w.id}) }

// end sends the last message of the operation and frees its id.
func (w *socketWriter) end(m message) {
	w.c.mu.Lock()
	over := w.done()
	if !over {
		delete(w.c.operations, w.id)
	}
	w.c.mu.Unlock()
	if w.ended = true; !over {
		w.c.send(m)
	}
}

// finish sends an answer in one piece.
func (w *socketWriter) finish() {
	if !w.events && !w.done() {
		w.next(w.body.Bytes())
	}
	w.complete()
}
