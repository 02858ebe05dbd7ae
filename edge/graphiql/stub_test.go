package graphiql

import (
	_ "embed"
	"encoding/json"
	"io"
	"net/http"
	"sync"
)

// The schema the stub claims: the gateway's, without descriptions but its own.
//
//go:embed testdata/introspection.json
var introspection []byte

// A stub answers at /graphql the way the gateway would, with one canned answer for each
// operation name.
type stub struct {
	wants  string // Authorization without which it refuses; "": none
	mu     sync.Mutex
	tokens []string // Authorization headers of the queries, in order
}

var answers = map[string]string{
	"WhatIsFailingNow": `{"data":{"syncs":{"totalCount":1,"nodes":[{"id":"Sync:52","label":"Accounts to Salesforce","url":null,
		"health":{"state":"FAILING","since":"2026-11-20T08:00:00.000Z","reason":"It fails."},"latestRun":{"outcome":"FAILED"}}]}}}`,
	"WhatFailedSinceYesterday": `{"data":{"failed":{"nodes":[]},"lostRecords":{"nodes":[]},"note":"Nothing failed"}}`,
	"Typed":                    `{"data":{"sync":{"label":"Typed by hand"}}}`,
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q struct{ OperationName, Query string }
	json.NewDecoder(r.Body).Decode(&q)
	w.Header().Set("Content-Type", "application/json")
	token := r.Header.Get("Authorization")
	if q.OperationName != "IntrospectionQuery" || s.wants != "" {
		s.mu.Lock()
		s.tokens = append(s.tokens, token)
		s.mu.Unlock()
	}
	if s.wants != "" && token != s.wants {
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"errors":[{"message":"Credentials are wrong.","extensions":{"code":"UNAUTHENTICATED"}}]}`)
		return
	}
	if q.OperationName == "IntrospectionQuery" {
		w.Write(introspection)
		return
	}
	io.WriteString(w, answers[q.OperationName])
}
