package edge

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// LimitConns lets at most max connections of l be open at once for srv, which is
// to serve what it returns. A further one takes the place of the one on which
// nobody has asked for longest; where all are at work it waits until one of them is
// done or closes, and those behind it wait in the kernel's queue. It goes below TLS:
// wrap the TCP listener.
func LimitConns(l net.Listener, srv *http.Server, max int) *Conns {
	limited := &Conns{Listener: l, places: make(chan struct{}, max), closed: make(chan struct{}), open: map[*limitedConn]struct{}{}}
	srv.ConnState = limited.state
	return limited
}

// Conns is a listener that bounds the connections open at once.
type Conns struct {
	net.Listener
	places chan struct{} // holds one token for each open connection
	close  sync.Once
	closed chan struct{}

	turns   atomic.Int64 // of connections that fell idle
	waiting atomic.Bool  // somebody wants the place of the next that does
	mu      sync.Mutex
	open    map[*limitedConn]struct{}
}

// Accept waits for a connection, and for its place.
func (l *Conns) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	select {
	case l.places <- struct{}{}:
	default:
		l.waiting.Store(true)
		l.makeRoom()
		select {
		case l.places <- struct{}{}:
			l.waiting.Store(false)
		case <-l.closed:
			conn.Close()
			return nil, net.ErrClosed
		}
	}
	c := &limitedConn{Conn: conn}
	c.leave = sync.OnceFunc(func() { l.left(c) })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[c] = struct{}{}
	return c, nil
}

// makeRoom closes the connection that has been idle for longest; none, if none is.
func (l *Conns) makeRoom() {
	l.mu.Lock()
	var oldest *limitedConn
	since := int64(0)
	for c := range l.open {
		if idle := c.idle.Load(); idle != 0 && (oldest == nil || idle < since) {
			oldest, since = c, idle
		}
	}
	l.mu.Unlock()
	if oldest != nil && l.waiting.CompareAndSwap(true, false) {
		oldest.Close()
	}
}

// state is told by net/http what becomes of a connection.
func (l *Conns) state(conn net.Conn, state http.ConnState) {
	c, ok := conn.(*limitedConn)
	if !ok { // TLS, whose connections are not closed early
		return
	}
	if state != http.StateIdle {
		c.idle.Store(0)
		return
	}
	c.idle.Store(l.turns.Add(1))
	if l.waiting.Load() && l.waiting.CompareAndSwap(true, false) {
		c.Close()
	}
}

func (l *Conns) left(c *limitedConn) {
	l.mu.Lock()
	delete(l.open, c)
	l.mu.Unlock()
	<-l.places
}

// Open is how many connections are open now.
func (l *Conns) Open() int { return len(l.places) }

// Close also wakes an Accept that waits for a place.
func (l *Conns) Close() error {
	l.close.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	idle  atomic.Int64 // its turn among those that are idle; 0: it is not
	leave func()
}

func (c *limitedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// CloseWrite ends the connection to the client's side and leaves it time to read
// what was said; net/http looks for it, and resets the connection otherwise.
func (c *limitedConn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}
