package edge

import (
	"net"
	"sync"
)

// LimitConns lets at most max connections of l be open at once; further ones
// wait in the kernel's queue until one closes. It goes below TLS: wrap the TCP
// listener.
func LimitConns(l net.Listener, max int) net.Listener {
	return &limitedListener{Listener: l, places: make(chan struct{}, max), closed: make(chan struct{})}
}

type limitedListener struct {
	net.Listener
	places chan struct{} // holds one token for each open connection
	close  sync.Once
	closed chan struct{}
}

func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &limitedConn{Conn: conn, leave: sync.OnceFunc(func() { <-l.places })}, nil
}

// Close also wakes an Accept that waits for a place.
func (l *limitedListener) Close() error {
	l.close.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
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
