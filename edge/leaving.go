package edge

import (
	"net"
	"net/http"
	"sync/atomic"
)

// A leaving server tells the clients of its kept connections to close them.
type leaving struct {
	next    http.Handler
	leaving atomic.Bool
	open    atomic.Int64 // connections
}

// leave prepares srv, which is not served yet.
func leave(srv *http.Server) *leaving {
	l := &leaving{next: srv.Handler}
	told := srv.ConnState
	srv.Handler = l
	srv.ConnState = func(conn net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			l.open.Add(1)
		case http.StateClosed, http.StateHijacked:
			l.open.Add(-1)
		}
		if told != nil {
			told(conn, state)
		}
	}
	return l
}

// ServeHTTP serves the request. An answer that begins once the server is leaving
// ends its connection.
func (l *leaving) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.leaving.Load() {
		w.Header().Set("Connection", "close")
	}
	l.next.ServeHTTP(w, r)
}
