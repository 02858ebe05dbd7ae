package sim

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
)

// Close closes the connection without an answer. In process, the client gets io.EOF.
func Close() Effect {
	return func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }
}

// Cut announces the normal body's length, sends at most its first n bytes, and closes the
// connection. The client gets io.ErrUnexpectedEOF.
func Cut(n int) Effect {
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		a := record(r, normal)
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)+1))
		a.copyHead(w)
		w.Write(a.body[:min(n, len(a.body))])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// Reset resets the connection. Over HTTP/1.1 it is a real RST; in process, the client gets the
// *net.OpError that it would see.
func Reset() Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if s, ok := w.(*stream); ok {
			s.fail(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET})
		} else if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				tcp.SetLinger(0)
			}
			conn.Close()
			return
		}
		panic(http.ErrAbortHandler)
	}
}

// NotHTTP writes raw bytes to the connection instead of an answer, and closes it. It needs a
// real server; in process it is an error.
func NotHTTP(raw string) Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if s, ok := w.(*stream); ok {
			s.fail(errors.New("sim: malformed HTTP response"))
		} else if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			io.WriteString(conn, raw)
			conn.Close()
			return
		}
		panic(http.ErrAbortHandler)
	}
}

// Huge answers with a valid JSON object of mib MiB, nearly all of it in one unknown key. It
// streams the answer.
func Huge(mib int) Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		bulk(w, mib)
	}
}

// GzipBomb is Huge, compressed a thousandfold. A gzip file may have several members in a
// row (RFC 1952, section 2.2), so it repeats one member, which costs almost nothing.
func GzipBomb(mib int) Effect {
	pack := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, text)
		z.Close()
		return b.Bytes()
	}
	begin, more, end := pack(padding), pack(strings.Repeat("x", 1<<20)), pack(`"}`)
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(begin)
		for range mib {
			if _, err := w.Write(more); err != nil {
				return // the client has seen enough
			}
		}
		w.Write(end)
	}
}

// padding is the start of the answer of Huge.
const padding = `{"status":"success","data":[],"padding":"`

func bulk(w io.Writer, mib int) {
	io.WriteString(w, padding)
	chunk := bytes.Repeat([]byte{'x'}, 64<<10)
	for range mib * 16 {
		if _, err := w.Write(chunk); err != nil {
			return // the client has seen enough
		}
	}
	io.WriteString(w, `"}`)
}

// HugeHeader answers normally, with an extra header of n bytes.
func HugeHeader(n int) Effect {
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		w.Header().Set("X-Padding", strings.Repeat("x", n))
		normal.ServeHTTP(w, r)
	}
}

// Deep answers 200 with data nested n arrays deep.
func Deep(n int) Effect {
	return JSON(http.StatusOK, `{"status":"success","data":`+strings.Repeat("[", n)+strings.Repeat("]", n)+`}`)
}
