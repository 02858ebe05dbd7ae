package transport

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// Sockets serves the protocol graphql-transport-ws of the npm package graphql-ws. It sends each
// operation of a connection to Next as a separate POST, with the headers of the handshake and the
// credentials of connection_init. So every rule for requests also applies to operations.
type Sockets struct {
	Next       http.Handler // serves the POSTs
	MaxMessage int64        // maximum size of a client's message, in bytes
	// Last returns the context of a connection; see [Options].
	Last func(ctx context.Context) (lasting context.Context, end func())
}

// Upgrades reports whether r requests a WebSocket.
func Upgrades(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// ServeHTTP serves one connection until it ends.
func (s Sockets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// A layer in front of this package checks the origin, as for all requests.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol}, InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has written the error
	}
	defer conn.CloseNow()
	conn.SetReadLimit(s.MaxMessage)
	ctx, end := s.Last(r.Context())
	defer end()
	ctx, cancel := context.WithCancel(ctx)
	c := &socket{next: s.Next, conn: conn, ctx: ctx, header: operationHeaders(r), r: r, operations: make(map[string]context.CancelFunc)}
	defer c.running.Wait()
	defer cancel()
	if conn.Subprotocol() != protocol {
		conn.Close(closeProtocol, "Subprotocol not acceptable")
		return
	}
	defer context.AfterFunc(ctx, c.closeWithCause)()
	initTimer := time.AfterFunc(initTimeout, func() {
		if !c.locked(func() bool { return c.initReceived }) {
			conn.Close(closeInitTimeout, "Connection initialisation timeout")
		}
	})
	defer initTimer.Stop()
	c.ping = time.AfterFunc(pingInterval, c.sendPing)
	defer c.ping.Stop()
	for c.readMessage() {
	}
}

// operationHeaders returns the headers of the handshake that apply to its operations.
func operationHeaders(r *http.Request) http.Header {
	h := make(http.Header)
	for _, name := range []string{"Authorization", "X-Api-Key", "User-Agent", "X-Forwarded-For", "Traceparent", "Tracestate",
		"Graphql-Client-Name", "Graphql-Client-Version", "Apollographql-Client-Name", "Apollographql-Client-Version"} {
		if values := r.Header[name]; len(values) > 0 {
			h[name] = values
		}
	}
	h.Set("Content-Type", "application/json")
	h.Set("Accept", "application/graphql-response+json, text/event-stream")
	return h
}
