package graphiql

import (
	_ "embed"
	"encoding/json"
	"io"
	"net/http"
	"sync"
)

// The schema the stub claims: as much of the gateway's as the examples ask for.
//
//go:embed testdata/introspection.json
var introspection []byte

// A stub answers at /graphql the way the gateway would, with one canned answer for each operation name.
type stub struct {
	mu     sync.Mutex
	tokens []string // Authorization headers of the queries, in order
}

const runOf52 = `{"id":"SyncRun:94","status":"COMPLETED","outcome":"PARTIAL","createdAt":"2026-11-20T08:00:00.000Z",
	"completedAt":"2026-11-20T08:01:12.000Z","recordsProcessed":1200,"recordsFailed":3,"errorMessage":null}`

var answers = map[string]string{
	"LatestRuns": `{"data":{"sync":{"label":"Accounts to Salesforce","status":"UP_TO_DATE",
		"runs":{"totalCount":1,"nodes":[` + runOf52 + `],"pageInfo":{"hasNextPage":false,"endCursor":"YQ"}}}}}`,
	"Typed": `{"data":{"sync":{"label":"Typed by hand"}}}`,
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
