package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"census-gateway/graph/transport"
)

// socketServer serves WebSockets with a subscription to ticks. It rejects callers with the key
// "wrong".
func socketServer(t *testing.T, c <-chan int32) (url string, drain func(code int)) {
	h, cut := tickServer(c)
	over, stop := context.WithCancelCause(context.Background())
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Api-Key") == "wrong" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(401)
			return
		}
		h.ServeHTTP(w, r)
	})
	last := func(ctx context.Context) (context.Context, func()) {
		ctx, cancel := context.WithCancelCause(ctx)
		forget := context.AfterFunc(over, func() { cancel(context.Cause(over)) })
		return ctx, func() { forget(); cancel(nil) }
	}
	srv := newServerOf(t, transport.Sockets{Next: next, MaxMessage: 4 << 10, Last: last})
	return srv.URL, func(code int) { cut(code); stop(closing(code)) }
}

func dial(t *testing.T, url string, protocols ...string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: protocols})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	return conn
}

// exchange sends texts, and after each receives the answers due. It returns all answers. A close is
// returned as its code, such as "4400".
func exchange(t *testing.T, conn *websocket.Conn, texts []string, answers int) (got []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, text := range texts {
		kind := websocket.MessageText
		if strings.HasPrefix(text, "binary") {
			kind = websocket.MessageBinary
		}
		if conn.Write(ctx, kind, []byte(text)) != nil {
			break
		}
	}
	for len(got) < answers {
		_, text, err := conn.Read(ctx)
		if err != nil {
			var closed websocket.CloseError
			if !errors.As(err, &closed) {
				t.Fatal(err, got)
			}
			return append(got, fmt.Sprint(int(closed.Code), " ", closed.Reason))
		}
		got = append(got, string(text))
	}
	return got
}

const (
	hello = `{"type":"connection_init"}`
	ack   = `{"type":"connection_ack"}`
)

func subscribe(id, query string) string {
	return fmt.Sprintf(`{"id":%q,"type":"subscribe","payload":%s}`, id, bodyOf(query, nil))
}

// The answers follow the protocol graphql-transport-ws.
func TestSockets(t *testing.T) {
	next := func(id string, n int) string {
		return fmt.Sprintf(`{"id":%q,"type":"next","payload":{"data":{"ticks":%d}}}`, id, n)
	}
	complete := func(id string) string { return fmt.Sprintf(`{"type":"complete","id":%q}`, id) }
	for name, test := range map[string]struct {
		say  []string
		hear []string
	}{
		"events":          {[]string{hello, subscribe("a", "subscription{ticks}")}, []string{ack, next("a", 1), next("a", 2), complete("a")}},
		"a query":         {[]string{hello, subscribe("q", "{hello}")}, []string{ack, `{"id":"q","type":"next","payload":{"data":{"hello":"world"}}}`, complete("q")}},
		"a field error":   {[]string{hello, subscribe("q", "{broken}")}, []string{ack, `{"id":"q","type":"next","payload":{"errors":[{"message":"internal server error","path":["broken"],"locations":[{"line":1,"column":2}],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":{"broken":null}}}`, complete("q")}},
		"invalid":         {[]string{hello, subscribe("i", "{")}, []string{ack, `{"type":"error","id":"i","payload":[{"message":"Expected Name, found \u003cEOF\u003e","locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}]}`}},
		"ping":            {[]string{`{"type":"ping"}`, hello, `{"type":"pong"}`, `{"type":"ping"}`}, []string{`{"type":"pong"}`, ack, `{"type":"pong"}`}},
		"too early":       {[]string{subscribe("a", "{hello}")}, []string{"4401 Unauthorized"}},
		"init twice":      {[]string{hello, hello}, []string{ack, "4429 Too many initialisation requests"}},
		"wrong key":       {[]string{`{"type":"connection_init","payload":{"x-api-key":"wrong"}}`}, []string{"4403 Forbidden"}},
		"right key":       {[]string{`{"type":"connection_init","payload":{"X-API-Key":"right","other":7}}`}, []string{ack}},
		"no JSON":         {[]string{"{"}, []string{"4400 Invalid message received"}},
		"a list":          {[]string{"[]"}, []string{"4400 Invalid message received"}},
		"binary":          {[]string{"binary"}, []string{"4400 Invalid message received"}},
		"unknown type":    {[]string{`{"type":"start"}`}, []string{"4400 Invalid message received"}},
		"no id":           {[]string{hello, `{"type":"subscribe","payload":{"query":"{hello}"}}`}, []string{ack, "4400 Invalid message received"}},
		"no payload":      {[]string{hello, `{"type":"subscribe","id":"a"}`}, []string{ack, "4400 Invalid message received"}},
		"bad payload":     {[]string{hello, `{"type":"subscribe","id":"a","payload":7}`}, []string{ack, `{"type":"error","id":"a","payload":[{"message":"the request body is not a JSON object","extensions":{"code":"BAD_REQUEST"}}]}`}},
		"too long":        {[]string{`{"type":"` + strings.Repeat("x", 5<<10) + `"}`}, []string{"1009 "}},
		"unknown is over": {[]string{hello, complete("z"), `{"type":"ping"}`}, []string{ack, `{"type":"pong"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := socketServer(t, ticks(1, 2))
			got := exchange(t, dial(t, url, "graphql-transport-ws"), test.say, len(test.hear))
			for i, want := range test.hear {
				if i >= len(got) || got[i] != want && !(strings.HasSuffix(want, " ") && strings.HasPrefix(got[i], want)) {
					t.Fatalf("got  %q\nwant %q", got, test.hear)
				}
			}
		})
	}
}

// An operation's id can be reused once the operation is over, but not before.
func TestIDsOfOperations(t *testing.T) {
	c := make(chan int32)
	url, _ := socketServer(t, c)
	conn := dial(t, url, "graphql-transport-ws")
	exchange(t, conn, []string{hello, subscribe("a", "subscription{ticks}")}, 1)
	c <- 1
	exchange(t, conn, nil, 1) // otherwise the event may be dropped, since the client ends the operation
	if got := exchange(t, conn, []string{`{"type":"complete","id":"a"}`, subscribe("a", "{hello}")}, 2); len(got) != 2 || !strings.Contains(got[0], "world") {
		t.Errorf("%q", got)
	}
	if got := exchange(t, conn, []string{subscribe("b", "subscription{ticks}"), subscribe("b", "{hello}")}, 1); got[0] != "4409 Subscriber for b already exists" {
		t.Errorf("%q", got)
	}
}

// The close code of a connection says what the client should do. It is tested when the gateway
// stops, with and without operations, and after events were lost.
func TestSocketsEnd(t *testing.T) {
	url, drain := socketServer(t, make(chan int32))
	idle, busy := dial(t, url, "graphql-transport-ws"), dial(t, url, "graphql-transport-ws")
	exchange(t, idle, []string{hello}, 1)
	exchange(t, busy, []string{hello, subscribe("a", "subscription{ticks}"), subscribe("q", "{hello}")}, 3)
	drain(transport.CloseRestart)
	for _, conn := range []*websocket.Conn{idle, busy} {
		if got := exchange(t, conn, nil, 1); got[0] != "1012 ended by 1012" {
			t.Errorf("%q", got)
		}
	}
	url, _ = socketServer(t, ticks(-1))
	if got := exchange(t, dial(t, url, "graphql-transport-ws"), []string{hello, subscribe("a", "subscription OVERLOADED{ticks}")}, 2); got[1] != "1013 over" {
		t.Errorf("%q", got)
	}
	if got := exchange(t, dial(t, url), nil, 1); got[0] != "4406 Subprotocol not acceptable" {
		t.Errorf("%q", got)
	}
}
