package graphiql

import (
	"bufio"
	"crypto/sha1"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
)

// The schema the stub claims: as much of the gateway's as the examples ask for.
//
//go:embed testdata/introspection.json
var introspection []byte

// A stub answers at /graphql the way the gateway would, with one canned answer for each operation name.
type stub struct {
	mu     sync.Mutex
	tokens []string        // Authorization headers of the queries, in order
	params json.RawMessage // connection parameters of the last subscription
}

const runOf52 = `{"id":"SyncRun:94","status":"COMPLETED","outcome":"PARTIAL","createdAt":"2026-11-20T08:00:00.000Z",
	"completedAt":"2026-11-20T08:01:12.000Z","recordsProcessed":1200,"recordsFailed":3,"errorMessage":null}`

var answers = map[string]string{
	"LatestRuns": `{"data":{"sync":{"label":"Accounts to Salesforce","status":"UP_TO_DATE",
		"runs":{"totalCount":1,"nodes":[` + runOf52 + `],"pageInfo":{"hasNextPage":false,"endCursor":"YQ"}}}}}`,
	"Typed": `{"data":{"sync":{"label":"Typed by hand"}}}`,
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") == "websocket" {
		s.subscribe(w, r)
		return
	}
	var q struct{ OperationName, Query string }
	json.NewDecoder(r.Body).Decode(&q)
	w.Header().Set("Content-Type", "application/json")
	if q.OperationName == "IntrospectionQuery" {
		w.Write(introspection)
		return
	}
	s.mu.Lock()
	s.tokens = append(s.tokens, r.Header.Get("Authorization"))
	s.mu.Unlock()
	io.WriteString(w, answers[q.OperationName])
}

// subscribe speaks as much of graphql-transport-ws as one subscription with one event needs.
func (s *stub) subscribe(w http.ResponseWriter, r *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Accept: "+base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n")
	for {
		text, err := readFrame(rw.Reader)
		if err != nil {
			return
		}
		var m struct {
			ID, Type string
			Payload  json.RawMessage
		}
		json.Unmarshal(text, &m)
		switch m.Type {
		case "connection_init":
			s.mu.Lock()
			s.params = m.Payload
			s.mu.Unlock()
			writeFrame(conn, `{"type":"connection_ack"}`)
		case "subscribe":
			event := strings.ReplaceAll(runOf52, "\n\t", "")
			writeFrame(conn, `{"id":"`+m.ID+`","type":"next","payload":{"data":{"syncRunChanged":`+event+`}}}`)
			writeFrame(conn, `{"id":"`+m.ID+`","type":"complete"}`)
		}
	}
}

// readFrame reads one masked frame of a client, of less than 64 KiB (RFC 6455, section 5.2).
func readFrame(r *bufio.Reader) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := uint16(head[1] & 0x7f)
	if size == 126 {
		if err := binary.Read(r, binary.BigEndian, &size); err != nil {
			return nil, err
		}
	}
	data := make([]byte, 4+int(size))
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	mask, text := data[:4], data[4:]
	for i := range text {
		text[i] ^= mask[i%4]
	}
	return text, nil
}

func writeFrame(w io.Writer, text string) {
	head := []byte{0x81, 126, byte(len(text) >> 8), byte(len(text))}
	if len(text) < 126 {
		head = []byte{0x81, byte(len(text))}
	}
	w.Write(append(head, text...))
}
