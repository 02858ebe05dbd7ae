package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// dial opens a TCP connection to g.
func (g *gateway) dial(t testing.TB) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", g.host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(2 * waitTimeout))
	return conn.(*net.TCPConn)
}

// raw sends text unchanged. It returns the answers, at least one, until the connection ends or no
// answer comes for 700 ms. HOST in text is replaced by g's address.
func (g *gateway) raw(t testing.TB, text string) (answers []answer) {
	t.Helper()
	conn := g.dial(t)
	defer conn.Close()
	if _, err := io.WriteString(conn, strings.ReplaceAll(text, "HOST", g.host)); err != nil {
		t.Fatal(err)
	}
	for r := bufio.NewReader(conn); ; {
		if len(answers) > 0 {
			conn.SetReadDeadline(time.Now().Add(700 * time.Millisecond))
		}
		began := time.Now()
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			if len(answers) == 0 {
				t.Errorf("%.100q is not answered: %v", text, err)
			}
			return answers
		}
		text, _ := io.ReadAll(resp.Body)
		a := answer{status: resp.StatusCode, header: resp.Header, body: string(text), took: time.Since(began)}
		a.check(t)
		answers = append(answers, a)
	}
}

// chunked returns a body in chunks of HTTP/1.1.
func chunked(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(p), p)
	}
	return b.String() + "0\r\n\r\n"
}

// Requests whose end two servers could interpret differently are rejected, or read according to RFC
// 9112. They are never executed twice.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	const (
		head = "POST /graphql HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n"
		good = `{"query":"{sync(id:52){label}}"}`
	)
	smuggled := "GET /graphql?query=%7Bsyncs%7BtotalCount%7D%7D HTTP/1.1\r\nHost: HOST\r\n\r\n"
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings()...)
	for _, a := range []struct {
		name, text string
		status     int // of the first answer
		answers    int // maximum number of answers
		calls      int // maximum number of calls to Census
	}{
		{"two lengths", head + "Content-Length: 32\r\nContent-Length: 0\r\n\r\n" + good, 400, 1, 0},
		{"two lengths in one", head + "Content-Length: 32, 0\r\n\r\n" + good, 400, 1, 0},
		{"a negative length", head + "Content-Length: -1\r\n\r\n" + good, 400, 1, 0},
		{"a signed length", head + "Content-Length: +32\r\n\r\n" + good, 400, 1, 0},
		{"a length in hex", head + "Content-Length: 0x20\r\n\r\n" + good, 400, 1, 0},
		{"chunks and a length", head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(good), 200, 1, 1},
		{"chunks, a length, another request after it", head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(good) + smuggled, 200, 2, 2},
		{"chunked twice", head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(good), 501, 1, 0},
		{"chunked after identity", head + "Transfer-Encoding: identity, chunked\r\n\r\n" + chunked(good), 501, 1, 0},
		{"xchunked", head + "Transfer-Encoding: xchunked\r\nContent-Length: 32\r\n\r\n" + good, 501, 1, 0},
		{"a space before the colon", head + "Content-Length : 32\r\n\r\n" + good, 400, 1, 0},
		{"a folded header", head + "X-A: b\r\n c: d\r\nContent-Length: 32\r\n\r\n" + good, 200, 1, 1},
		{"a name with a control", head + "X\x01A: b\r\nContent-Length: 32\r\n\r\n" + good, 400, 1, 0},
		{"a value with NUL", head + "X-A: b\x00\r\nContent-Length: 32\r\n\r\n" + good, 400, 1, 0},
		{"a lone CR", head + "X-A: b\rContent-Length: 0\r\nContent-Length: 32\r\n\r\n" + good, 400, 1, 0},
		{"a bad chunk", head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + good + "\r\n0\r\n\r\n", 400, 1, 0},
		{"a chunk longer than a number", head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" + good, 400, 1, 0},
		{"no Host", "POST /graphql HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400, 1, 0},
		{"two Hosts", "GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n", 400, 1, 0},
		{"HTTP/3.0", "GET / HTTP/3.0\r\nHost: HOST\r\n\r\n", 505, 1, 0},
		{"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 403, 1, 0},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, 1, 0},
		{"an absolute URL", "GET http://census.test/api/v1/syncs HTTP/1.1\r\nHost: HOST\r\n\r\n", 403, 1, 0},
		{"CONNECT", "CONNECT census.test:443 HTTP/1.1\r\nHost: census.test:443\r\n\r\n", 403, 1, 0},
		{"a body that does not arrive", head + "Content-Length: 10737418240\r\n\r\n" + good, 413, 1, 0},
		{"expects to continue", head + "Expect: 100-continue\r\nContent-Length: 10737418240\r\n\r\n", 413, 1, 0},
		{"expects the impossible", head + "Expect: teapot\r\nContent-Length: 32\r\n\r\n" + good, 417, 1, 0},
		{"two whole requests", strings.Repeat(head+"Content-Length: 32\r\n\r\n"+good, 2), 200, 2, 2},
	} {
		got := g.raw(t, a.text)
		requests := c.takeRequests()
		if len(got) == 0 || len(got) > a.answers || got[0].status != a.status || len(requests) > a.calls {
			t.Errorf("%s: want %d, got %d answers after %d calls: %+v", a.name, a.status, len(got), len(requests), got)
		}
	}
}

// A body that never ends is cut off soon after the limit, in every encoding.
func TestEndlessBodies(t *testing.T) {
	t.Parallel()
	g := start(t)
	before := g.rss(t)
	const head = "POST /graphql HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n"
	part := strings.Repeat("x", 64<<10)
	for name, b := range map[string]struct{ head, part string }{
		"announced": {"Content-Length: 10737418240\r\n\r\n", part},
		"chunks":    {"Transfer-Encoding: chunked\r\n\r\n", fmt.Sprintf("%x\r\n%s\r\n", len(part), part)},
		"tiny":      {"Transfer-Encoding: chunked\r\n\r\n", strings.Repeat("1\r\nx\r\n", 10_000)},
	} {
		conn := g.dial(t)
		if _, err := io.WriteString(conn, strings.ReplaceAll(head, "HOST", g.host)+b.head); err != nil {
			t.Fatal(err)
		}
		sent, began := 0, time.Now()
		for sent < 256<<20 {
			conn.SetWriteDeadline(time.Now().Add(waitTimeout))
			n, err := io.WriteString(conn, b.part)
			if sent += n; err != nil {
				break
			}
		}
		if took := time.Since(began); sent >= 64<<20 || took > maxAnswerTime {
			t.Errorf("%s: %d MiB taken in %s", name, sent>>20, took)
		}
		conn.Close()
	}
	if grown := g.rss(t) - before; grown > 64 {
		t.Errorf("%d MiB more memory", grown)
	}
}
