package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
)

// An answered records the answer of a handler called without a network.
type answered struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *answered) Header() http.Header { return a.header }

func (a *answered) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answered) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// askWithin posts a GraphQL request to a handler in this process. The request appears to come
// from the remote address from; "" for none.
func askWithin(ctx context.Context, handler http.Handler, header http.Header, from string, request any) (*answered, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header, r.RemoteAddr = header, from
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	a := &answered{header: http.Header{}}
	handler.ServeHTTP(a, r)
	return a, nil
}
