package edge

import (
	"net"
	"net/http"
	"sync/atomic"
)

// A leaving makes the clients of a server close their connections once the server shuts down.
type leaving struct {
	next    http.Handler
	leaving atomic.Bool
	open    atomic.Int64 // open connections
}

// leave prepares srv, which is not yet serving.
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

// ServeHTTP serves the request. Once the server is leaving, each new answer closes its
// connection.
func (l *leaving) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.leaving.Load() {
		w.Header().Set("Connection", "close")
	}
	l.next.ServeHTTP(w, r)
}
