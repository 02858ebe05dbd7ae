package edge

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// askOn sends a GET on conn and reports whether the answer has "Connection: close".
func askOn(conn net.Conn) (closes bool, err error) {
	if _, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return false, err
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.Close, err
}

// While a server drains, its open connections keep working, and answers have "Connection:
// close". This applies during the lame duck, and for a moment after the listeners have
// closed.
func TestOpenConnectionsCloseOnDrain(t *testing.T) {
	for _, lame := range []time.Duration{0, 100 * time.Millisecond} {
		l := listen(t)
		ctx, stop := context.WithCancel(t.Context())
		draining := make(chan struct{})
		drain := Drain{LameDuck: lame, Idle: time.Minute, OnDrain: func() { close(draining) }}
		srv := NewServer(served, ServerOptions{})
		ended := make(chan error, 1)
		go func() { ended <- drain.Serve(ctx, srv, l) }()
		kept, other := dial(t, l.Addr().String()), dial(t, l.Addr().String())
		for _, conn := range []net.Conn{kept, other} {
			if closes, err := askOn(conn); closes || err != nil {
				t.Fatalf("before the end: closes %t, %v", closes, err)
			}
		}
		stop()
		<-draining
		if lame == 0 {
			for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) { // the listener closes
				conn, err := net.Dial("tcp", l.Addr().String())
				if err != nil {
					break
				}
				conn.Close()
				if time.Now().After(end) {
					t.Fatal("the listener is still open")
				}
			}
		}
		if closes, err := askOn(kept); !closes || err != nil {
			t.Errorf("lame duck of %s: closes %t, %v", lame, closes, err)
		}
		if closes, err := askOn(other); !closes || err != nil {
			t.Errorf("the other connection: closes %t, %v", closes, err)
		}
		if err := <-ended; err != nil { // at once, since nobody is left
			t.Error(err)
		}
	}
}
