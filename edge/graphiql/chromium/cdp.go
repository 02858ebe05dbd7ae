// Package chromium controls a headless Chromium, for tests that see a page as people do.
package chromium

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"
)

// A Browser is a headless Chromium with one page. Messages of the DevTools protocol go over a
// pair of pipes, as JSON with a zero byte after each. Any error of the browser ends the test.
type Browser struct {
	t    testing.TB
	to   io.Writer
	page string        // session of the page; workers get sessions of their own
	gone chan struct{} // closed when the browser has ended

	mu       sync.Mutex
	last     int
	waiting  map[int]chan message
	requests []string
	errors   []string
}

type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

// patience is the timeout of every step. A step usually takes a tenth of a second, but many on a
// busy machine, and only a failing test waits this long.
const patience = 2 * time.Minute

// Path returns the browser named by CHROMIUM, and skips the test if CHROMIUM is empty. The gate
// has a browser.
func Path(t testing.TB) string {
	t.Helper()
	binary := os.Getenv("CHROMIUM")
	if binary == "" {
		t.Skip("CHROMIUM names no browser")
	}
	return binary
}

// Start starts the browser named by CHROMIUM, and skips the test if CHROMIUM is empty. The
// browser has its own profile and resolves no name except loopback. It ends with the test.
func Start(t testing.TB) *Browser {
	binary := Path(t)
	profile, err := os.MkdirTemp("", "chromium-") // not t.TempDir: the browser's processes may still write to it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(profile) })
	cmd := exec.Command(binary, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1440,900",
		"--user-data-dir="+profile, "--remote-debugging-pipe", "about:blank")
	in, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.ExtraFiles = []*os.File{in, out} // file descriptors 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	out.Close()
	b := &Browser{t: t, to: to, gone: make(chan struct{}), waiting: map[int]chan message{}}
	go b.read(from)
	t.Cleanup(func() {
		b.call("", "Browser.close", nil)
		stuck := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		stuck.Stop()
	})

	var target struct{ TargetID, SessionID string }
	b.get(&target, "", "Target.createTarget", map[string]any{"url": "about:blank"})
	b.get(&target, "", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true})
	b.page = target.SessionID
	b.watch(b.page)
	b.get(nil, b.page, "Page.enable", nil)
	b.get(nil, b.page, "Audits.enable", nil)
	return b
}

// Requests returns the URLs requested so far by the page and its workers.
func (b *Browser) Requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests)
}

// Errors returns the errors of the console so far, uncaught exceptions, and violations of the
// page's Content-Security-Policy.
func (b *Browser) Errors() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.errors)
}

// watch subscribes to the requests and errors of a session, and to the workers it starts.
func (b *Browser) watch(session string) {
	for _, domain := range []string{"Network", "Runtime", "Log"} {
		b.call(session, domain+".enable", nil)
	}
	b.call(session, "Target.setAutoAttach", map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true})
	b.call(session, "Runtime.runIfWaitingForDebugger", nil)
}

func (b *Browser) read(from io.Reader) {
	defer close(b.gone)
	for r := bufio.NewReader(from); ; {
		line, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(bytes.TrimSuffix(line, []byte{0}), &m) != nil {
			continue
		}
		b.mu.Lock()
		if answer, ok := b.waiting[m.ID]; ok && m.ID != 0 {
			delete(b.waiting, m.ID)
			answer <- m
		}
		b.event(m)
		b.mu.Unlock()
	}
}

// event keeps what the test reads later. The caller holds mu.
func (b *Browser) event(m message) {
	var p struct {
		SessionID string
		URL       string
		Type      string
		Request   struct{ URL string }
		Entry     struct{ Level, Text, URL string }
		Issue     struct{ Code string }
	}
	json.Unmarshal(m.Params, &p)
	switch m.Method {
	case "Target.attachedToTarget":
		if b.page != "" && p.SessionID != b.page {
			go b.watch(p.SessionID)
		}
	case "Network.requestWillBeSent":
		b.requests = append(b.requests, p.Request.URL)
	case "Network.webSocketCreated":
		b.requests = append(b.requests, p.URL)
	case "Log.entryAdded":
		if p.Entry.Level == "error" {
			b.errors = append(b.errors, p.Entry.Text+" "+p.Entry.URL)
		}
	case "Audits.issueAdded":
		if p.Issue.Code == "ContentSecurityPolicyIssue" {
			b.errors = append(b.errors, string(m.Params))
		}
	case "Runtime.exceptionThrown":
		b.errors = append(b.errors, string(m.Params))
	case "Runtime.consoleAPICalled":
		if p.Type == "error" || p.Type == "assert" {
			b.errors = append(b.errors, string(m.Params))
		}
	}
}

// call sends one command and waits for its response.
func (b *Browser) call(session, method string, params any) (json.RawMessage, error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	if params == nil {
		raw = nil
	}
	answer := make(chan message, 1)
	b.mu.Lock()
	b.last++
	id := b.last
	b.waiting[id] = answer
	line, _ := json.Marshal(message{ID: id, SessionID: session, Method: method, Params: raw})
	_, err = b.to.Write(append(line, 0))
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return nil, fmt.Errorf("%s: %s", method, m.Error)
		}
		return m.Result, nil
	case <-b.gone:
		return nil, errors.New(method + ": the browser has ended")
	case <-time.After(patience):
		return nil, errors.New(method + ": no answer")
	}
}

func (b *Browser) get(into any, session, method string, params any) {
	b.t.Helper()
	result, err := b.call(session, method, params)
	if err == nil && into != nil {
		err = json.Unmarshal(result, into)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
