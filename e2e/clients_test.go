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

// Clients that keep a connection and give or take next to nothing lose it in
// time, and nobody else waits for them meanwhile.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes 31 s")
	}
	g := start(t, "GATEWAY_OPERATION_TIMEOUT=1s")
	before := g.rss(t)
	const head = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
	big := body("{sync(id:50){runs(first:1000){nodes{id rawStatus createdAt updatedAt completedAt recordsProcessed recordsUpdated recordsFailed syncTriggerReason{uiTag uiDetail}}}}}", nil)
	var clients sync.WaitGroup
	for _, c := range []struct {
		name     string
		sockets  int
		text     string // sent at once
		drip     string // sent every so often, from then on
		reads    bool
		from, to time.Duration // when the connection ends
		says     string        // in the answer
	}{
		{"says nothing", 5, "", "", true, 4 * time.Second, 8 * time.Second, ""},
		{"slow headers", 20, "POST /graphql HTTP/1.1\r\n", "X: y\r\n", true, 4 * time.Second, 8 * time.Second, ""},
		{"slow body", 5, head + "Content-Length: 10000\r\n\r\n{", " ", true, 14 * time.Second, 18 * time.Second, "408"},
		{"slow chunks", 5, head + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n", true, 14 * time.Second, 18 * time.Second, "408"},
		{"slow reader", 4, strings.Repeat(head+"Content-Length: "+itoa(int64(len(big)))+"\r\n\r\n"+big, 40), " ", false, 25 * time.Second, 40 * time.Second, ""},
	} {
		for range c.sockets {
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
				began, said := time.Now(), ""
				_, err := io.WriteString(conn, c.text)
				for tick := time.NewTicker(250 * time.Millisecond); err == nil && said == ""; {
					select {
					case said = <-ended:
					case <-tick.C:
						_, err = io.WriteString(conn, c.drip)
					}
				}
				if took := time.Since(began); took < c.from || took > c.to || !strings.Contains(said, c.says) && err == nil {
					t.Errorf("%s: ended after %s: %q, %v", c.name, took, said, err)
				}
			})
		}
	}
	over := make(chan struct{})
	go func() { clients.Wait(); close(over) }()
	for most := 0; ; {
		select {
		case <-over:
			if most-before > 150 {
				t.Errorf("%d MiB before, %d MiB at most", before, most)
			}
			return
		case <-time.After(500 * time.Millisecond):
			g.query(t, "{sync(id:52){id}}", nil).answered(t)
			most = max(most, g.rss(t))
		}
	}
}
