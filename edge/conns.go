package edge

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// LimitConns returns a listener that accepts the connections of l and keeps at most max of them
// open. srv must serve it. A further connection replaces the one that was idle longest. If none is
// idle, it waits until one becomes idle or closes; later ones wait in the kernel's queue.
// LimitConns goes below TLS: wrap the TCP listener.
func LimitConns(l net.Listener, srv *http.Server, max int) *Conns {
	limited := &Conns{Listener: l, slots: make(chan struct{}, max), closed: make(chan struct{}), open: map[*limitedConn]struct{}{}}
	srv.ConnState = limited.state
	return limited
}

// Conns is a listener that limits the number of open connections.
type Conns struct {
	net.Listener
	slots  chan struct{} // holds one token for each open connection
	close  sync.Once
	closed chan struct{}

	idleCount atomic.Int64 // of connections that became idle
	waiting   atomic.Bool  // a connection waits for the slot of the next idle one
	mu        sync.Mutex
	open      map[*limitedConn]struct{}
}

// Accept waits for a connection and for a slot for it.
func (l *Conns) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	select {
	case l.slots <- struct{}{}:
	default:
		l.waiting.Store(true)
		l.makeRoom()
		select {
		case l.slots <- struct{}{}:
			l.waiting.Store(false)
		case <-l.closed:
			conn.Close()
			return nil, net.ErrClosed
		}
	}
	c := &limitedConn{Conn: conn}
	c.release = sync.OnceFunc(func() { l.release(c) })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[c] = struct{}{}
	return c, nil
}

// makeRoom closes the connection that has been idle longest, if any is idle.
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

// state is called by net/http when the state of a connection changes.
func (l *Conns) state(conn net.Conn, state http.ConnState) {
	c, ok := conn.(*limitedConn)
	if !ok { // TLS connections are not closed early
		return
	}
	if state != http.StateIdle {
		c.idle.Store(0)
		return
	}
	c.idle.Store(l.idleCount.Add(1))
	if l.waiting.Load() && l.waiting.CompareAndSwap(true, false) {
		c.Close()
	}
}

func (l *Conns) release(c *limitedConn) {
	l.mu.Lock()
	delete(l.open, c)
	l.mu.Unlock()
	<-l.slots
}

// Open returns how many connections are open now.
func (l *Conns) Open() int { return len(l.slots) }

// Close also ends an Accept that waits for a slot.
func (l *Conns) Close() error {
	l.close.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	idle    atomic.Int64 // its number among the idle connections; 0: not idle
	release func()
}

func (c *limitedConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}

// CloseWrite closes the sending side and gives the client time to read what was sent. net/http
// calls it if it exists, and otherwise resets the connection.
func (c *limitedConn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}
