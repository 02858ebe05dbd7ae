package edge

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// running serves srv until the test ends.
func running(t *testing.T, srv *http.Server, l net.Listener) string {
	t.Helper()
	done := make(chan struct{})
	go func() { srv.Serve(l); close(done) }()
	t.Cleanup(func() { srv.Close(); <-done })
	return l.Addr().String()
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(time.Minute))
	return c
}

func TestServerNumbers(t *testing.T) {
	srv := NewServer(served, ServerOptions{})
	if srv.ReadHeaderTimeout != 5*time.Second || srv.ReadTimeout != 15*time.Second || srv.WriteTimeout != 60*time.Second ||
		srv.IdleTimeout != 75*time.Second || srv.MaxHeaderBytes != 12<<10 || srv.HTTP2.MaxConcurrentStreams != 100 || srv.Protocols.UnencryptedHTTP2() {
		t.Errorf("%+v", srv)
	}
	if srv := NewServer(served, ServerOptions{WriteTimeout: -1}); srv.WriteTimeout != -1 {
		t.Errorf("%+v", srv)
	}
}

func TestSlowClientsAreCut(t *testing.T) {
	read := make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		read <- err
	})
	const short = 100 * time.Millisecond // the test would notice the other timeout, a minute
	start := time.Now()
	c := dial(t, running(t, NewServer(handler, ServerOptions{ReadHeaderTimeout: short, ReadTimeout: time.Hour}), listen(t)))
	io.WriteString(c, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
	if _, err := io.ReadAll(c); err != nil || time.Since(start) < short {
		t.Errorf("slow headers: cut after %v, %v", time.Since(start), err)
	}
	select {
	case <-read:
		t.Error("the handler was called without headers")
	default:
	}

	start = time.Now()
	c = dial(t, running(t, NewServer(handler, ServerOptions{ReadHeaderTimeout: time.Hour, ReadTimeout: short}), listen(t)))
	io.WriteString(c, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
	var timeout net.Error
	if err := <-read; !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(start) < short {
		t.Errorf("slow body: %v after %v", err, time.Since(start))
	}
}

func TestRawRequests(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h := Chain(served, RequestID, SecurityHeaders, Recover(logger, nil), Authenticate(PassThrough))
	srv := NewServer(h, ServerOptions{Log: logger})
	addr := running(t, srv, listen(t))
	for name, c := range map[string]struct {
		headers string
		status  int
	}{
		"good":                {"Authorization: Bearer " + canary, 200},
		"no credential":       {"Accept: */*", 401},
		"line break in value": {"Authorization: Bearer a\rX-Evil: 1", 400},
		"folded line":         {"Authorization: Bearer a\r\n b", 401},
		"NUL":                 {"Authorization: Bearer a\x00b", 400},
		"8 bit":               {"Authorization: Bearer a\xe9b", 401},
		"9 KB":                {"Authorization: Bearer " + strings.Repeat("x", 9<<10), 401},
		"30 KB":               {"Authorization: Bearer " + strings.Repeat("x", 30<<10), 431},
		"odd name":            {"Author ization: Bearer a", 400},
		"request id injected": {"Authorization: Bearer " + canary + "\r\nX-Request-Id: a<b>", 200},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, addr)
			io.WriteString(conn, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n"+c.headers+"\r\n\r\n")
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			var dump strings.Builder
			res.Write(&dump)
			if res.StatusCode != c.status || strings.Contains(dump.String(), "CANARY") || strings.Contains(dump.String(), "<b>") ||
				res.Header.Get("X-Evil") != "" {
				t.Errorf("want %d:\n%s", c.status, dump.String())
			}
		})
	}
	srv.Close()
	if strings.Contains(log.String(), "CANARY") {
		t.Errorf("the log shows the token:\n%s", log.String())
	}
}

func TestServerLogHidesAddresses(t *testing.T) {
	var out bytes.Buffer
	log := NewServer(served, ServerOptions{Log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))}).ErrorLog
	log.Print("http: TLS handshake error from 203.0.113.7:50123: EOF")
	log.Print("http: panic serving [2001:db8::1]:443: x")
	log.Println("http: from [fe80::1%lo0]:1 and [::ffff:203.0.113.7]:2")
	if s := out.String(); strings.Contains(s, "203.0") || strings.Contains(s, "2001:db8") || strings.Contains(s, "fe80") || strings.Count(s, "(client)") != 4 {
		t.Error(s)
	}
	NewServer(served, ServerOptions{}).ErrorLog.Print("dropped")
}

// A new connection replaces the one that was idle longest, and never an active one.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	work := make(chan bool)
	srv := NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/work" {
			<-work
		}
		io.WriteString(w, "hello")
	}), ServerOptions{})
	addr := running(t, srv, LimitConns(listen(t), srv, 2))
	ask := func(conn net.Conn, path string) {
		io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
	}
	answered := func(conn net.Conn) bool {
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil {
			io.Copy(io.Discard, resp.Body)
		}
		return err == nil
	}
	first, second := dial(t, addr), dial(t, addr)
	ask(first, "/")
	ask(second, "/")
	if !answered(first) || !answered(second) {
		t.Fatal("no answer")
	}
	ask(first, "/work") // now second is the one that idles
	time.Sleep(50 * time.Millisecond)
	third := dial(t, addr)
	ask(third, "/work")
	if answered(second) {
		t.Error("an idle connection was not closed")
	}
	time.Sleep(50 * time.Millisecond)
	fourth := dial(t, addr)
	ask(fourth, "/")
	fourth.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if answered(fourth) {
		t.Error("an active connection was closed")
	}
	fourth.SetReadDeadline(time.Now().Add(time.Minute))
	work <- true
	if !answered(fourth) {
		t.Error("a connection waits, though another is idle")
	}
	work <- true
}

func TestLimitConns(t *testing.T) {
	l := LimitConns(listen(t), &http.Server{}, 2)
	accepted := make(chan net.Conn, 8)
	ended := make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			accepted <- c
		}
	}()
	for range 3 {
		dial(t, l.Addr().String())
	}
	first, second := <-accepted, <-accepted
	select {
	case <-accepted:
		t.Fatal("a third connection was accepted")
	case <-time.After(50 * time.Millisecond):
	}
	first.Close()
	first.Close() // gives back one place only
	third := <-accepted
	dial(t, l.Addr().String())
	select {
	case <-accepted:
		t.Fatal("closing twice released two slots")
	case <-time.After(50 * time.Millisecond):
	}
	l.Close() // wakes the Accept that waits for a place
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	second.Close()
	third.Close()
}

// eventLog is what happened, in order.
type eventLog struct {
	mu    sync.Mutex
	steps []string
}

func (s *eventLog) add(step string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, step)
}

func (s *eventLog) check(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.steps, want) {
		t.Errorf("got %q, want %q", s.steps, want)
	}
}

func TestDrainLetsRequestsFinish(t *testing.T) {
	var s eventLog
	started, finish := make(chan struct{}), make(chan struct{})
	type valueKey struct{}
	srv := NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/quick" {
			return
		}
		close(started)
		<-finish
		if r.Context().Err() != nil || r.Context().Value(valueKey{}) != "v" {
			t.Error("context:", r.Context().Err(), r.Context().Value(valueKey{}))
		}
		s.add("request ended")
		io.WriteString(w, "whole")
	}), ServerOptions{})
	l, l2 := listen(t), listen(t)
	base := "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(context.WithValue(t.Context(), valueKey{}, "v"))
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()

	notReady := func() { // during OnDrain everything still works
		s.add("readiness fails")
		for _, addr := range []string{base, "http://" + l2.Addr().String()} {
			if res, err := client.Get(addr + "/quick"); err != nil || res.StatusCode != 200 {
				t.Error("during OnDrain:", err)
			} else {
				res.Body.Close()
			}
		}
		time.AfterFunc(50*time.Millisecond, func() { close(finish) })
	}
	ended := make(chan error, 1)
	go func() {
		ended <- Drain{Finish: 20 * time.Second, OnDrain: notReady}.Serve(ctx, srv, l, l2)
		s.add("server ended")
	}()
	body := make(chan string, 1)
	go func() {
		res, err := http.Get(base + "/slow")
		if err != nil {
			t.Error(err)
			body <- ""
			return
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		body <- string(text)
	}()
	<-started
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := <-body; got != "whole" {
		t.Errorf("the slow answer: %q", got)
	}
	if _, err := http.Get(base + "/quick"); err == nil {
		t.Error("the listener is still open")
	}
	s.mu.Lock()
	s.steps = slices.DeleteFunc(s.steps, func(step string) bool { return step == "server ended" })
	s.mu.Unlock()
	s.check(t, "readiness fails", "request ended")
}

func TestDrainCancelsThenCuts(t *testing.T) {
	var s eventLog
	started := make(chan struct{}, 2)
	stubborn, cancelled := make(chan struct{}), make(chan struct{})
	srv := NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/obedient" {
			started <- struct{}{}
			<-r.Context().Done()
			s.add("context cancelled")
			close(cancelled)
			return
		}
		started <- struct{}{}
		<-stubborn
	}), ServerOptions{})
	l := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	d := Drain{Finish: 30 * time.Millisecond, Settle: 30 * time.Millisecond, OnDrain: func() { s.add("readiness fails") }}
	go func() { ended <- d.Serve(ctx, srv, l) }()
	conns := []net.Conn{dial(t, l.Addr().String()), dial(t, l.Addr().String())}
	for i, path := range []string{"/obedient", "/stubborn"} {
		io.WriteString(conns[i], "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
	}
	<-started
	<-started
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for _, c := range conns {
		var timeout net.Error
		c.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := io.Copy(io.Discard, c); errors.As(err, &timeout) && timeout.Timeout() {
			t.Error("a connection is still open:", err)
		}
	}
	<-cancelled
	s.check(t, "readiness fails", "context cancelled")
	close(stubborn)
}

func TestDrainReportsABrokenListener(t *testing.T) {
	l := listen(t)
	drained := false
	l.Close()
	err := Drain{OnDrain: func() { drained = true }}.Serve(t.Context(), NewServer(served, ServerOptions{}), l)
	if err == nil || !drained {
		t.Errorf("got %v, drained %v", err, drained)
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   int
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) {}, 0},
		{"an early hint", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusEarlyHints) }, 0},
		{"explicit status", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			w.WriteHeader(http.StatusOK)
			io.WriteString(w, "x")
		}, http.StatusTeapot},
		{"implicit status", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "x") }, http.StatusOK},
		{"flushed", func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush() }, http.StatusOK},
	} {
		var got int
		serve(Recover(slog.New(slog.DiscardHandler), nil)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.answer(w, r)
			got = Status(wrapped{w})
		})), request("GET", "/"))
		if got != c.want {
			t.Errorf("%s: %d", c.name, got)
		}
	}
	if Status(httptest.NewRecorder()) != 0 {
		t.Error("outside of Recover")
	}
}

// A wrapped writer is one that a layer has put around another.
type wrapped struct{ http.ResponseWriter }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// A cancelled request that has an answer is sent to the end, however slowly.
func TestDrainSendsCancelledAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	srv := NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		end()
		<-r.Context().Done()
		io.WriteString(w, "late")
	}), ServerOptions{})
	over := make(chan error, 1)
	go func() {
		over <- Drain{Finish: 10 * time.Millisecond, Settle: 10 * time.Second}.Serve(ctx, srv, slowListener{l})
	}()
	res, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "late" {
		t.Errorf("%q %v", body, err)
	}
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// A slowListener has connections that take a moment to write.
type slowListener struct{ net.Listener }

func (l slowListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return slowConn{c}, err
}

type slowConn struct{ net.Conn }

func (c slowConn) Write(p []byte) (int, error) {
	time.Sleep(100 * time.Millisecond)
	return c.Conn.Write(p)
}
