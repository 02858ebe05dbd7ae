package e2e

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/golang-jwt/jwt/v5"
)

const allHealth = "subscription{syncHealthChanged{sync{id}after{state}}}"

// subscribeSSE subscribes over SSE. lines is closed when the stream ends.
func (g *gateway) subscribeSSE(t *testing.T, query string, headers ...string) (status int, lines <-chan string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+g.host+"/graphql?query="+url.QueryEscape(query), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	to := make(chan string, 1000)
	go func() {
		defer close(to)
		defer resp.Body.Close()
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			to <- s.Text()
		}
	}()
	return resp.StatusCode, to
}

// waitForLine waits for a line with the prefix. It returns false if the stream ends first.
func waitForLine(t *testing.T, lines <-chan string, prefix string) bool {
	t.Helper()
	for timeout := time.After(30 * time.Second); ; {
		select {
		case line, ok := <-lines:
			if !ok || strings.HasPrefix(line, prefix) {
				return ok
			}
		case <-timeout:
			t.Fatal("timed out waiting for a line with the prefix " + prefix)
		}
	}
}

// connectWebSocket connects by WebSocket. refused is "" if the server acknowledged the connection,
// else the reason.
func (g *gateway) connectWebSocket(t *testing.T, init string, headers http.Header) (conn *websocket.Conn, refused string) {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), "ws://"+g.host+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: headers})
	if err != nil {
		return nil, resp.Status
	}
	t.Cleanup(func() { conn.CloseNow() })
	conn.Write(t.Context(), websocket.MessageText, []byte(init))
	_, text, err := conn.Read(t.Context())
	if err != nil {
		return conn, err.Error()
	}
	if string(text) != `{"type":"connection_ack"}` {
		t.Errorf("%s", text)
	}
	return conn, ""
}

// closeCode reads until the connection is closed, and returns the code.
func closeCode(t *testing.T, conn *websocket.Conn) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			var e websocket.CloseError
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			return int(e.Code)
		}
	}
}

const wsInit, wsSubscribe = `{"type":"connection_init"}`, `{"type":"subscribe","id":"a","payload":{"query":"` + allHealth + `"}}`

// A subscription outlasts the timeouts of operations and answers, and does not count as an
// operation in flight. When the gateway stops, it ends at once with a code that tells clients to
// reconnect.
func TestSubscriptionsOutlastTimeouts(t *testing.T) {
	t.Parallel()
	g := start(t, "GATEWAY_OPERATION_TIMEOUT=500ms", "GATEWAY_ANSWER_TIMEOUT=500ms", "GATEWAY_BODY_TIMEOUT=500ms", "GATEWAY_MAX_IN_FLIGHT=1")
	_, first := g.subscribeSSE(t, allHealth)
	_, second := g.subscribeSSE(t, allHealth)
	conn, refused := g.connectWebSocket(t, wsInit, nil)
	if refused != "" {
		t.Fatal(refused)
	}
	conn.Write(t.Context(), websocket.MessageText, []byte(wsSubscribe))
	if !waitForLine(t, first, `data: {"data":{"syncHealthChanged":`) || !waitForLine(t, second, `data: {"data":{"syncHealthChanged":`) {
		t.Error("no event")
	}
	g.query(t, "{sync(id:52){label}}", nil).answered(t)
	time.Sleep(1500 * time.Millisecond)
	began := time.Now()
	g.process.Signal(syscall.SIGTERM)
	if !waitForLine(t, first, ": 1012 ") || waitForLine(t, first, "event: complete") || !waitForLine(t, second, ": 1012 ") {
		t.Error("a stream did not end with 1012")
	}
	if code := closeCode(t, conn); code != 1012 {
		t.Errorf("closed by %d", code)
	}
	<-g.ended
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// The number of subscriptions of a caller is limited, over all kinds of connections.
func TestSubscriptionLimit(t *testing.T) {
	t.Parallel()
	g := start(t, "GATEWAY_MAX_SUBSCRIPTIONS=2")
	_, one := g.subscribeSSE(t, allHealth)
	waitForLine(t, one, "data: ")
	conn, _ := g.connectWebSocket(t, wsInit, nil)
	conn.Write(t.Context(), websocket.MessageText, []byte(wsSubscribe))
	if _, text, err := conn.Read(t.Context()); err != nil || !strings.Contains(string(text), `"type":"next"`) {
		t.Errorf("%v %s", err, text)
	}
	a := g.query(t, allHealth, nil, "Accept", "multipart/mixed;subscriptionSpec=1.0, application/json")
	a.refused(t, 503, "OVERLOADED")
	conn.Close(websocket.StatusNormalClosure, "")
	until(t, "a subscription has ended", func() bool {
		status, lines := g.subscribeSSE(t, allHealth)
		return status == 200 && waitForLine(t, lines, "data: ")
	})
}

// Callers send their credentials in connection_init, because browsers cannot send headers with a
// WebSocket. Pages of other origins cannot connect. A subscription ends when the credentials
// expire.
func TestSubscribersAreAuthenticated(t *testing.T) {
	t.Parallel()
	key := newKey(t, "ed", "Ed")
	g := start(t, "GATEWAY_SIMULATE=true", "GATEWAY_JWT_ISSUER="+issuer, "GATEWAY_JWT_AUDIENCE=census", "GATEWAY_JWT_JWKS="+write(t, "jwks.json", keySet(key)),
		"GATEWAY_CORS_ORIGINS=https://app.example.com")
	init := func(token string) string {
		return `{"type":"connection_init","payload":{"authorization":"Bearer ` + token + `"}}`
	}
	good := key.sign(t, nil)
	for origin, want := range map[string]string{"": "", "https://app.example.com": "", "https://evil.example.com": "403 Forbidden", "http://" + g.host: ""} {
		headers := http.Header{}
		if origin != "" {
			headers.Set("Origin", origin)
		}
		if _, refused := g.connectWebSocket(t, init(good), headers); refused != want {
			t.Errorf("origin %q: %s, want %s", origin, refused, want)
		}
	}
	for _, text := range []string{wsInit, init("nonsense")} {
		if _, refused := g.connectWebSocket(t, text, nil); !strings.Contains(refused, "4403") {
			t.Errorf("%s: %q", text, refused)
		}
	}
	if _, refused := g.connectWebSocket(t, wsInit, http.Header{"Authorization": {"Bearer " + good}}); refused != "" {
		t.Error(refused)
	}
	if status, _ := g.subscribeSSE(t, allHealth); status != 401 {
		t.Errorf("without credentials: %d", status)
	}
	brief := key.sign(t, jwt.MapClaims{"exp": time.Now().Add(3 * time.Second).Unix()})
	_, lines := g.subscribeSSE(t, allHealth, "Authorization", "Bearer "+brief)
	conn, refused := g.connectWebSocket(t, init(brief), nil)
	if refused != "" {
		t.Fatal(refused)
	}
	conn.Write(t.Context(), websocket.MessageText, []byte(wsSubscribe))
	if !waitForLine(t, lines, "data: ") || !waitForLine(t, lines, ": 4403 ") {
		t.Error("the events did not end with the token")
	}
	if code := closeCode(t, conn); code != 4403 {
		t.Errorf("closed by %d", code)
	}
}
