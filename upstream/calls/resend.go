package calls

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http/httptrace"
	"time"
)

// maxConns is how many connections one try may use. The second replaces an idle connection
// that Census has closed meanwhile, which is common.
const maxConns = 2

var errConnsBroken = errors.New("every connection broke")

// conns counts the connections of one try. net/http repeats a GET by itself on the next idle
// connection if one is broken, and on all of them if Census resets all. The retry budget does
// not see these.
type conns struct {
	n      int
	cancel context.CancelFunc // ends the try
}

// trace returns the context for the request.
func (c *conns) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: c.gotConn})
}

// gotConn ends the try at the first connection over the limit. net/http goes on writing for a
// moment after that, but an expired deadline stops the request. Over HTTP/2, a deadline would
// break other requests on the connection; there, net/http repeats only what Census has not
// processed.
func (c *conns) gotConn(info httptrace.GotConnInfo) {
	if c.n++; c.n <= maxConns {
		return
	}
	c.cancel()
	t, isTLS := info.Conn.(*tls.Conn)
	if info.Conn != nil && !(isTLS && t.ConnectionState().NegotiatedProtocol == "h2") {
		info.Conn.SetWriteDeadline(time.Unix(1, 0))
	}
}

// explain returns the error of the try's request, given the error of net/http.
func (c *conns) explain(err error) error {
	if err != nil && c.n > maxConns {
		return errConnsBroken // neither a timeout nor a cancellation by the caller
	}
	return err
}
