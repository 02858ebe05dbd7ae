package edge

import (
	"net"
	"net/http"
	"sync/atomic"
)

// A shutdownHandler makes the clients of a server close their connections once the server shuts
// down.
type shutdownHandler struct {
	next         http.Handler
	shuttingDown atomic.Bool
	open         atomic.Int64 // open connections
}

// closeOnShutdown prepares srv, which is not yet serving.
func closeOnShutdown(srv *http.Server) *shutdownHandler {
	l := &shutdownHandler{next: srv.Handler}
	previous := srv.ConnState
	srv.Handler = l
	srv.ConnState = func(conn net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			l.open.Add(1)
		case http.StateClosed, http.StateHijacked:
			l.open.Add(-1)
		}
		if previous != nil {
			previous(conn, state)
		}
	}
	return l
}

// ServeHTTP serves the request. Once the server shuts down, each new answer closes its
// connection.
func (l *shutdownHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.shuttingDown.Load() {
		w.Header().Set("Connection", "close")
	}
	l.next.ServeHTTP(w, r)
}
