package transport

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"sync"

	"census-gateway/internal/errcodes"
)

// maxKeptBuffer is the maximum size, in bytes, of a body buffer kept for another request.
const maxKeptBuffer = 32 << 10

var bodyBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// checkType rejects bodies other than uncompressed JSON in UTF-8. A plain HTML form cannot send
// this type, which protects against forged requests. So checkType accepts no other type and does
// not guess.
func checkType(h http.Header) *rejection {
	unsupported := func(message string) *rejection {
		return &rejection{status: http.StatusUnsupportedMediaType, code: errcodes.BadRequest, message: message}
	}
	if values := h["Content-Encoding"]; len(values) > 1 ||
		len(values) == 1 && values[0] != "" && !strings.EqualFold(values[0], "identity") {
		return unsupported("compressed request bodies are not supported")
	}
	values := h["Content-Type"]
	if len(values) != 1 {
		return unsupported("send the request with one Content-Type, application/json")
	}
	if values[0] == "application/json" {
		return nil
	}
	name, params, err := mime.ParseMediaType(values[0])
	if err != nil || name != "application/json" {
		return unsupported("send the request with the header Content-Type: application/json")
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "utf8") {
		return unsupported("send the request in UTF-8")
	}
	return nil
}

// readBody reads the body into buf. It rejects a body with a Content-Length over limit unread,
// and stops reading any other at limit.
func readBody(w http.ResponseWriter, r *http.Request, limit int64, buf *bytes.Buffer) *rejection {
	if r.ContentLength > limit {
		// The rest of the body is not read, so the connection cannot be reused.
		w.Header().Set("Connection", "close")
		return bodyTooLong(limit)
	}
	var err error
	if n := int(r.ContentLength); n >= 0 { // net/http returns no more than this
		buf.Grow(n)
		text := buf.AvailableBuffer()[:n]
		if _, err = io.ReadFull(r.Body, text); err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		buf.Write(text)
	} else {
		_, err = buf.ReadFrom(http.MaxBytesReader(w, r.Body, limit))
	}
	switch _, over := errors.AsType[*http.MaxBytesError](err); {
	case err == nil:
		return nil
	case over:
		return bodyTooLong(limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &rejection{status: http.StatusRequestTimeout, code: errcodes.BadRequest, message: "the request body did not arrive in time"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return badRequest("the request body is incomplete")
	default:
		return badRequest("the request body cannot be read")
	}
}

func getBuffer() *bytes.Buffer { return bodyBuffers.Get().(*bytes.Buffer) }

func putBuffer(buf *bytes.Buffer) {
	if buf.Cap() <= maxKeptBuffer {
		buf.Reset()
		bodyBuffers.Put(buf)
	}
}

func bodyTooLong(limit int64) *rejection {
	return tooLong(http.StatusRequestEntityTooLarge, LimitBody, "request body", limit)
}
