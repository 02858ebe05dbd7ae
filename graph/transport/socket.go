package transport

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"census-gateway/internal/errcodes"
)

// Limits of a connection.
const (
	protocol      = "graphql-transport-ws"
	initTimeout   = 10 * time.Second
	pingInterval  = 25 * time.Second
	maxOperations = 100 // at the same time
)

// Close codes of the protocol for errors of the client.
const (
	closeInvalid      = 4400
	closeUnauthorized = 4401
	closeProtocol     = 4406
	closeInitTimeout  = 4408
	closeDuplicate    = 4409
	closeInitTwice    = 4429
)

// A socket is one connection.
type socket struct {
	next    http.Handler // serves the operations
	conn    *websocket.Conn
	ctx     context.Context
	r       *http.Request // the handshake
	ping    *time.Timer
	running sync.WaitGroup

	mu               sync.Mutex
	header           http.Header
	initReceived     bool // connection_init has arrived
	initAcknowledged bool // connection_init was acknowledged
	operations       map[string]context.CancelFunc
}

func (c *socket) locked(of func() bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return of()
}

// A message is a message of the protocol.
type message struct {
	Type    string          `json:"type"`
	ID      string          `json:"id,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// readMessage reads and handles one message. It returns false if the connection has ended.
func (c *socket) readMessage() bool {
	// Canceling a context would cut the connection without a close code.
	kind, text, err := c.conn.Read(context.Background())
	if err != nil {
		return false
	}
	var m message
	if kind != websocket.MessageText || json.Unmarshal(text, &m) != nil {
		return c.close(closeInvalid, "Invalid message received")
	}
	switch m.Type {
	case "connection_init":
		return c.initialize(m.Payload)
	case "ping":
		return c.send(message{Type: "pong"})
	case "pong":
		return true
	case "subscribe":
		return c.subscribe(m)
	case "complete":
		c.mu.Lock()
		defer c.mu.Unlock()
		if cancel := c.operations[m.ID]; cancel != nil {
			cancel()
			delete(c.operations, m.ID)
		}
		return true
	}
	return c.close(closeInvalid, "Invalid message received")
}

// initialize uses the credentials in the payload of connection_init as headers, and
// acknowledges it if they are accepted.
func (c *socket) initialize(payload json.RawMessage) bool {
	if c.locked(func() bool { was := c.initReceived; c.initReceived = true; return was }) {
		return c.close(closeInitTwice, "Too many initialisation requests")
	}
	var shown map[string]any
	if len(payload) > 0 && json.Unmarshal(payload, &shown) != nil {
		return c.close(closeInvalid, "The payload of connection_init is not an object")
	}
	for name, value := range shown {
		text, _ := value.(string)
		if strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "X-API-Key") {
			c.header.Set(name, text)
		}
	}
	probe := &socketWriter{c: c, header: make(http.Header)}
	c.serve(c.ctx, []byte(`{"query":"{__typename}"}`), probe)
	if probe.header.Get("Www-Authenticate") != "" {
		return c.close(CloseForbidden, "Forbidden")
	}
	c.locked(func() bool { c.initAcknowledged = true; return true })
	return c.send(message{Type: "connection_ack"})
}

// subscribe starts an operation.
func (c *socket) subscribe(m message) bool {
	ctx, cancel := context.WithCancel(c.ctx)
	c.mu.Lock()
	_, taken := c.operations[m.ID]
	ready, full := c.initAcknowledged, len(c.operations) >= maxOperations
	if ready && !taken && !full && m.ID != "" {
		c.operations[m.ID] = cancel
	}
	c.mu.Unlock()
	switch {
	case !ready:
		cancel()
		return c.close(closeUnauthorized, "Unauthorized")
	case m.ID == "" || len(m.Payload) == 0:
		cancel()
		return c.close(closeInvalid, "Invalid message received")
	case taken:
		cancel()
		return c.close(closeDuplicate, "Subscriber for "+m.ID[:min(len(m.ID), 64)]+" already exists")
	case full:
		cancel()
		return c.send(message{Type: "error", ID: m.ID, Payload: []byte(`[{"message":"Too many operations on this connection.","extensions":{"code":"` + errcodes.Overloaded + `"}}]`)})
	}
	c.running.Go(func() {
		defer cancel()
		w := &socketWriter{c: c, id: m.ID, ctx: ctx, header: make(http.Header)}
		c.serve(ctx, m.Payload, w)
		w.finish()
	})
	return true
}

// serve passes an operation to Next.
func (c *socket) serve(ctx context.Context, body []byte, w *socketWriter) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.r.URL.Path, strings.NewReader(string(body)))
	if err != nil {
		return
	}
	r.Header, r.Host, r.RemoteAddr, r.RequestURI = c.header.Clone(), c.r.Host, c.r.RemoteAddr, c.r.URL.Path
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler {
			panic(p)
		}
	}()
	c.next.ServeHTTP(w, r)
}

func (c *socket) send(m message) bool {
	text, err := json.Marshal(m)
	if err != nil {
		return false
	}
	return c.write(text)
}

// write sends a message. It returns false if the connection has ended, as it does when the client
// does not read.
func (c *socket) write(text []byte) bool {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	return c.conn.Write(ctx, websocket.MessageText, text) == nil
}

// close ends the connection and returns false.
func (c *socket) close(code int, why string) bool {
	c.conn.Close(websocket.StatusCode(code), why)
	return false
}

// closeWithCause ends the connection when its context ends.
func (c *socket) closeWithCause() {
	if closing, ok := context.Cause(c.ctx).(Closing); ok {
		c.close(closing.CloseCode(), closing.Error())
	}
}

// sendPing pings the client and ends the connection if there is no answer.
func (c *socket) sendPing() {
	ctx, cancel := context.WithTimeout(c.ctx, pingInterval)
	defer cancel()
	if c.conn.Ping(ctx) != nil {
		c.conn.CloseNow()
		return
	}
	c.ping.Reset(pingInterval)
}
