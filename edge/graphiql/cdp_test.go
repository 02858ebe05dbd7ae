package graphiql

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// A browser is a headless Chromium, spoken to in the DevTools protocol over a pair of pipes: JSON messages
// with a zero byte after each.
type browser struct {
	t    *testing.T
	to   io.Writer
	page string // session of the page; workers get sessions of their own

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	urls    []string // all that was requested, by the page and its workers
	errors  []string // of the console, and exceptions
}

type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

// newBrowser starts the binary with a profile of its own and every name but loopback unresolvable.
func newBrowser(t *testing.T, binary string) *browser {
	cmd := exec.Command(binary, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1440,900",
		"--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
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
	b := &browser{t: t, to: to, waiting: map[int]chan message{}}
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
	b.call(b.page, "Page.enable", nil)
	return b
}

// watch asks for the requests and the errors of a session, and for the workers it starts.
func (b *browser) watch(session string) {
	for _, domain := range []string{"Network", "Runtime", "Log"} {
		b.call(session, domain+".enable", nil)
	}
	b.call(session, "Target.setAutoAttach", map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true})
	b.call(session, "Runtime.runIfWaitingForDebugger", nil)
}

func (b *browser) read(from io.Reader) {
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

// event keeps what the test asks about afterwards. It holds mu.
func (b *browser) event(m message) {
	var p struct {
		SessionID string
		URL       string
		Type      string
		Request   struct{ URL string }
		Entry     struct{ Level, Text, URL string }
	}
	json.Unmarshal(m.Params, &p)
	switch m.Method {
	case "Target.attachedToTarget":
		if b.page != "" && p.SessionID != b.page {
			go b.watch(p.SessionID)
		}
	case "Network.requestWillBeSent":
		b.urls = append(b.urls, p.Request.URL)
	case "Network.webSocketCreated":
		b.urls = append(b.urls, p.URL)
	case "Log.entryAdded":
		if p.Entry.Level == "error" {
			b.errors = append(b.errors, p.Entry.Text+" "+p.Entry.URL)
		}
	case "Runtime.exceptionThrown":
		b.errors = append(b.errors, string(m.Params))
	case "Runtime.consoleAPICalled":
		if p.Type == "error" || p.Type == "assert" {
			b.errors = append(b.errors, string(m.Params))
		}
	}
}

// call sends one command and waits for its answer.
func (b *browser) call(session, method string, params any) (json.RawMessage, error) {
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
	case <-time.After(15 * time.Second):
		return nil, fmt.Errorf("%s: no answer", method)
	}
}

func (b *browser) get(into any, session, method string, params any) {
	b.t.Helper()
	result, err := b.call(session, method, params)
	if err == nil && into != nil {
		err = json.Unmarshal(result, into)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
