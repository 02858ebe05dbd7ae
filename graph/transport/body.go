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

// keepBuffer is the largest body buffer kept for the next request, in bytes.
const keepBuffer = 32 << 10

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// checkType refuses bodies that are not JSON in UTF-8 as they are. That a
// plain HTML form cannot send this type is part of the defence against forged
// requests, so no other type is taken for JSON, and none is guessed.
func checkType(h http.Header) *fault {
	unsupported := func(message string) *fault {
		return &fault{status: http.StatusUnsupportedMediaType, code: errcodes.BadRequest, message: message}
	}
	if values := h["Content-Encoding"]; len(values) > 1 ||
		len(values) == 1 && values[0] != "" && !strings.EqualFold(values[0], "identity") {
		return unsupported("compressed request bodies are not accepted")
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

// readBody reads the body into buf. It refuses one that is announced longer
// than limit without reading it, and stops reading one that turns out longer.
func readBody(w http.ResponseWriter, r *http.Request, limit int64, buf *bytes.Buffer) *fault {
	if r.ContentLength > limit {
		// The rest of the body is not worth reading, so neither is the connection.
		w.Header().Set("Connection", "close")
		return bodyTooLong(limit)
	}
	var err error
	if n := int(r.ContentLength); n >= 0 { // net/http gives no more than was announced
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
		return &fault{status: http.StatusRequestTimeout, code: errcodes.BadRequest, message: "the request body did not arrive in time"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return badRequest("the request body is cut short")
	default:
		return badRequest("the request body cannot be read")
	}
}

func takeBuffer() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

func giveBuffer(buf *bytes.Buffer) {
	if buf.Cap() <= keepBuffer {
		buf.Reset()
		buffers.Put(buf)
	}
}

func bodyTooLong(limit int64) *fault {
	return tooLong(http.StatusRequestEntityTooLarge, LimitBody, "request body", limit)
}
