package transport_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

func TestBodyLimit(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{MaxBody: 1024})
	pad := func(n int) string {
		body := `{"query":"{hello}","x":"`
		return body + strings.Repeat("x", n-len(body)-2) + `"}`
	}
	if a := post(t, srv.URL, asGraphQL, pad(1024)); a.status != 200 {
		t.Errorf("a body of the size allowed: %d %s", a.status, a.body)
	}
	if a := post(t, srv.URL, asGraphQL, pad(1025)); a.status != 413 || a.code() != "PAYLOAD_TOO_LARGE" || !strings.Contains(string(a.body), "longer than 1024 bytes") {
		t.Errorf("one byte more: %d %s", a.status, a.body)
	}
	// A reader of unknown length is sent in chunks.
	chunked := struct{ io.Reader }{strings.NewReader(pad(1025))}
	if a := send(t, "POST", srv.URL, chunked, "Content-Type", "application/json"); a.status != 413 {
		t.Errorf("in chunks: %d %s", a.status, a.body)
	}
}

// TestEndlessBody writes to the socket until the server closes it.
func TestEndlessBody(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	for name, head := range map[string]string{
		"announced 10 GiB": "Content-Length: 10737418240\r\n\r\n",
		"endless chunks":   "Transfer-Encoding: chunked\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s", head)
		go func() {
			chunk := "1000\r\n" + strings.Repeat("[", 0x1000) + "\r\n"
			for range 10_000 { // 40 MB
				if _, err := io.WriteString(conn, chunk); err != nil {
					return
				}
			}
		}()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if resp.StatusCode != 413 || !resp.Close {
			t.Errorf("%s: %s, close %v", name, resp.Status, resp.Close)
		}
		resp.Body.Close()
		conn.Close()
	}
}

// TestExpectContinue checks that a long body is rejected before the client sends it.
func TestExpectContinue(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.StatusCode != 413 {
		t.Fatalf("%v %v", resp, err)
	}
}

func TestCompressedBody(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = io.WriteString(z, `{"query":"{hello}"}`)
	_ = z.Close()
	for _, encoding := range []string{"gzip", "GZIP", "br", "deflate", "identity, gzip"} {
		a := send(t, "POST", srv.URL, bytes.NewReader(buf.Bytes()), "Content-Type", "application/json", "Content-Encoding", encoding)
		if a.status != 415 {
			t.Errorf("%s: %d %s", encoding, a.status, a.body)
		}
	}
	a := send(t, "POST", srv.URL, strings.NewReader(`{"query":"{hello}"}`), "Content-Type", "application/json", "Content-Encoding", "identity")
	if a.status != 200 {
		t.Errorf("identity: %d %s", a.status, a.body)
	}
}
