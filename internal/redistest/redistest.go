// Package redistest starts real Redis servers for tests.
package redistest

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A Server is the Redis server of one test, on a port of its own.
type Server struct {
	Addr string
	t    testing.TB
	cmd  *exec.Cmd
}

// Start starts the server binary named by REDIS_SERVER. It skips the test if REDIS_SERVER is
// empty; the gate sets it.
func Start(t testing.TB) *Server {
	t.Helper()
	if os.Getenv("REDIS_SERVER") == "" {
		t.Skip("REDIS_SERVER is empty: set it to the path of redis-server")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: l.Addr().String(), t: t}
	l.Close()
	s.Start()
	t.Cleanup(s.Kill)
	return s
}

// URL returns the server's URL.
func (s *Server) URL() string { return "redis://" + s.Addr }

// Start starts the server again, empty, and waits until it answers.
func (s *Server) Start() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.Addr)
	s.cmd = exec.Command(os.Getenv("REDIS_SERVER"), "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.t.TempDir())
	if err := s.cmd.Start(); err != nil {
		s.t.Fatalf("%v: install the Debian package redis-server", err)
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if s.Do("PING") == "+PONG\r\n" {
			return
		}
	}
	s.t.Fatal("redis-server does not answer")
}

// Kill ends the server, if it is running.
func (s *Server) Kill() {
	if s.cmd.ProcessState == nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
}

// Signal sends a signal to the server: SIGSTOP suspends it, SIGCONT resumes it.
func (s *Server) Signal(sig os.Signal) {
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// Do sends one command and returns the raw reply; "" if Redis does not reply.
func (s *Server) Do(command ...string) string {
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		return ""
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	conn.Write([]byte(strings.Join(command, " ") + "\r\nQUIT\r\n"))
	reply := make([]byte, 0, 1024)
	for buf := make([]byte, 64<<10); ; {
		n, err := conn.Read(buf)
		if reply = append(reply, buf[:n]...); err != nil {
			return strings.TrimSuffix(string(reply), "+OK\r\n") // the reply to QUIT
		}
	}
}
