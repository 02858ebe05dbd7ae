package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A gateway is a running program.
type gateway struct {
	host    string // HOST:PORT of GraphQL
	admin   string // base URL of /metrics, /livez and /readyz
	out     transcript
	log     transcript // its stderr
	process *os.Process
	ended   chan struct{} // closed when the program has ended; then code is set
	code    int           // exit code
}

// launch starts the program with only the given settings, NAME=value, in its environment. A later
// setting overrides an earlier one.
func launch(t *testing.T, settings ...string) *gateway {
	t.Helper()
	g := &gateway{ended: make(chan struct{})}
	cmd := exec.Command(program)
	cmd.Env = append([]string{"GATEWAY_ADDR=127.0.0.1:0", "GATEWAY_ADMIN_ADDR=127.0.0.1:0"}, settings...)
	cmd.Stdout, cmd.Stderr = &g.out, &g.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	g.process = cmd.Process
	go func() {
		cmd.Wait()
		g.code = cmd.ProcessState.ExitCode()
		close(g.ended)
	}()
	t.Cleanup(func() {
		select {
		case <-g.ended:
		default:
			g.process.Kill()
			<-g.ended
		}
	})
	return g
}

// start is launch for a program that serves until the test ends. It checks the program's end and
// log.
func start(t *testing.T, settings ...string) *gateway {
	t.Helper()
	g := launch(t, settings...)
	g.host = g.out.wait(t, `GraphQL at http://(\S+)/graphql\n`)
	g.admin = g.out.wait(t, `health at (http://\S+)/metrics`)
	t.Cleanup(func() {
		select {
		case <-g.ended:
		default:
			if a := do(t, "GET", g.admin+"/livez", ""); a.status != 200 {
				t.Errorf("not alive: %d", a.status)
			}
			client.CloseIdleConnections()
			g.stop(t)
		}
		if g.code != 0 {
			t.Errorf("ended with %d", g.code)
		}
		if m := regexp.MustCompile(`(?i)panic|goroutine \d+|fatal error`).FindString(g.log.String()); m != "" {
			t.Errorf("the log says %q:\n%.3000s", m, g.log.String())
		}
	})
	return g
}

// stop sends SIGTERM and waits for the end.
func (g *gateway) stop(t *testing.T) {
	t.Helper()
	g.signal(t, syscall.SIGTERM)
	g.end(t)
}

// end waits for the end of the program.
func (g *gateway) end(t *testing.T) {
	t.Helper()
	select {
	case <-g.ended:
	case <-time.After(waitTimeout):
		t.Fatal("the program does not end")
	}
}

func (g *gateway) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := g.process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// reload sends SIGHUP and waits for a new log message that contains what.
func (g *gateway) reload(t *testing.T, what string) {
	t.Helper()
	before := strings.Count(g.log.String(), what)
	g.signal(t, syscall.SIGHUP)
	until(t, what, func() bool { return strings.Count(g.log.String(), what) > before })
}

// rss returns the resident memory of the program, in MiB.
func (g *gateway) rss(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", g.process.Pid))
	if err != nil {
		t.Skip("no /proc here")
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize() >> 20
}

// ready returns the status of /readyz; 0 without an answer.
func (g *gateway) ready() int {
	resp, err := http.Get(g.admin + "/readyz")
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// A transcript is the output of a program. It can be read while the program runs.
type transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

// wait waits until the transcript matches pattern, and returns the first group.
func (t *transcript) wait(tb testing.TB, pattern string) (found string) {
	tb.Helper()
	re := regexp.MustCompile(pattern)
	until(tb, pattern, func() bool {
		m := re.FindStringSubmatch(t.String())
		if m != nil {
			found = m[1]
		}
		return m != nil
	})
	return found
}

// waitTimeout is the timeout of every wait. It is much longer than any wait takes; only a failing
// test waits this long.
const waitTimeout = time.Minute

// until waits until is returns true.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(waitTimeout); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("timed out waiting for: %s", what)
		}
	}
}
