package e2e

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// longTimeouts returns settings with timeouts that no slow client reaches within a test. A later
// setting overrides an earlier one.
func longTimeouts(settings ...string) []string {
	return append([]string{"GATEWAY_HEADER_TIMEOUT=2m", "GATEWAY_BODY_TIMEOUT=2m", "GATEWAY_ANSWER_TIMEOUT=2m", "GATEWAY_IDLE_TIMEOUT=2m"}, settings...)
}

// A client that sends or reads almost nothing loses its connection at the timeout. No other client
// waits for it.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	const head = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
	big := body("{sync(id:50){runs(first:1000){nodes{id rawStatus createdAt updatedAt completedAt recordsProcessed recordsUpdated recordsFailed syncTriggerReason{uiTag uiDetail}}}}}", nil)
	for _, c := range []struct {
		name, setting string
		sockets       int
		text          string // sent at once
		drip          string // sent every 100 ms from then on
		reads         bool
		says          string // expected in the answer
	}{
		{"says nothing", "GATEWAY_HEADER_TIMEOUT=1s", 5, "", "", true, ""},
		{"slow headers", "GATEWAY_HEADER_TIMEOUT=1s", 20, "POST /graphql HTTP/1.1\r\n", "X: y\r\n", true, ""},
		{"slow body", "GATEWAY_BODY_TIMEOUT=1s", 5, head + "Content-Length: 10000\r\n\r\n{", " ", true, "408"},
		{"slow chunks", "GATEWAY_BODY_TIMEOUT=1s", 5, head + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n", true, "408"},
		{"slow reader", "GATEWAY_ANSWER_TIMEOUT=500ms", 30, strings.Repeat(head+"Content-Length: "+itoa(int64(len(big)))+"\r\n\r\n"+big, 40), " ", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := start(t, longTimeouts("GATEWAY_OPERATION_TIMEOUT=500ms", c.setting)...)
			before := g.rss(t)
			var clients sync.WaitGroup
			for range c.sockets {
				began := time.Now()
				conn := g.dial(t)
				clients.Go(func() {
					conn.SetReadBuffer(4 << 10)
					ended := make(chan string, 1)
					if c.reads {
						go func() {
							resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
							if err != nil {
								ended <- err.Error()
								return
							}
							io.Copy(io.Discard, resp.Body)
							ended <- resp.Status
						}()
					}
					response := ""
					_, err := io.WriteString(conn, c.text)
					for tick := time.NewTicker(100 * time.Millisecond); err == nil && response == ""; {
						select {
						case response = <-ended:
						case <-tick.C:
							_, err = io.WriteString(conn, c.drip)
						}
					}
					if took := time.Since(began); took < time.Second || took > time.Minute || !strings.Contains(response, c.says) && err == nil {
						t.Errorf("ended after %s: %q, %v", took, response, err)
					}
				})
			}
			done := make(chan struct{})
			go func() { clients.Wait(); close(done) }()
			for most := 0; ; {
				select {
				case <-done:
					if most-before > 150 {
						t.Errorf("%d MiB before, maximum %d MiB", before, most)
					}
					return
				case <-time.After(200 * time.Millisecond):
					g.query(t, "{sync(id:52){id}}", nil).answered(t)
					most = max(most, g.rss(t))
				}
			}
		})
	}
}

// An idle connection is closed at its timeout, and works until then.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	g := start(t, longTimeouts("GATEWAY_IDLE_TIMEOUT=1s")...)
	conn := g.dial(t)
	r := bufio.NewReader(conn)
	g.sendKeepAlive(t, conn, r)
	began := time.Now()
	g.sendKeepAlive(t, conn, r)
	if _, err := r.ReadByte(); err != io.EOF || time.Since(began) < time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}

// sendKeepAlive sends a request on a connection and checks that the answer keeps it open.
func (g *gateway) sendKeepAlive(t testing.TB, conn io.Writer, r *bufio.Reader) {
	t.Helper()
	if _, err := io.WriteString(conn, "GET /graphql"+query52+" HTTP/1.1\r\nHost: "+g.host+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 || resp.Close {
		t.Fatalf("%s, %v: %s", resp.Status, err, text)
	}
}

// The configured number of connections is served. If all of them are active (here with bodies that
// do not arrive), another connection waits until one ends.
func TestConnectionLimit(t *testing.T) {
	t.Parallel()
	const most = 3
	g := start(t, longTimeouts("GATEWAY_MAX_CONNECTIONS=3")...)
	var served []io.Closer
	for range most {
		conn := g.dial(t)
		g.sendKeepAlive(t, conn, bufio.NewReader(conn))
		if _, err := io.WriteString(conn, "POST /graphql HTTP/1.1\r\nHost: "+g.host+"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"); err != nil {
			t.Fatal(err)
		}
		served = append(served, conn)
	}
	time.Sleep(100 * time.Millisecond) // until the server has seen all three
	conn := g.dial(t)
	if _, err := io.WriteString(conn, "GET /graphql"+query52+" HTTP/1.1\r\nHost: "+g.host+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() {
		_, err := http.ReadResponse(bufio.NewReader(conn), nil)
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Errorf("another connection was served: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	served[1].Close()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

// The request line and headers may have the configured number of bytes, but not one byte more.
func TestHeaderLimit(t *testing.T) {
	t.Parallel()
	for most, settings := range map[int][]string{16 << 10: nil, 8 << 10: {"GATEWAY_MAX_HEADER=8192"}, 100_000: {"GATEWAY_MAX_HEADER=100000"}} {
		g := start(t, settings...)
		for bytes, status := range map[int]int{most: 200, most + 1: 431} {
			text := "GET /graphql" + query52 + " HTTP/1.1\r\nHost: " + g.host + "\r\nConnection: close\r\nX-Padding: "
			text += strings.Repeat("x", bytes-len(text)-4) + "\r\n\r\n"
			if a := g.raw(t, text); len(a) != 1 || a[0].status != status {
				t.Errorf("%d bytes of %d: want %d, got %+v", bytes, most, status, a)
			}
		}
	}
}
