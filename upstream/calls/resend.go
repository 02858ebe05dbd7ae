package calls

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http/httptrace"
	"time"
)

// maxConns is how many connections one try may take. The second is for the kept
// connection that Census closed meanwhile, which is ordinary.
const maxConns = 2

var errConnsBroken = errors.New("every connection broke")

// conns counts the connections of one try. net/http sends a GET again by itself
// on the next kept connection where one turns out to be broken, and on all of
// them if Census resets all; no budget sees that.
type conns struct {
	n      int
	cancel context.CancelFunc // ends the try
}

// trace returns the context for the request.
func (c *conns) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: c.got})
}

// got ends the try when it comes by one connection too many. net/http goes on
// writing for a moment after that: a deadline that is over keeps the request from
// leaving. Over HTTP/2 it would break the requests of others on that connection,
// and net/http sends again only what Census says it has not looked at.
func (c *conns) got(info httptrace.GotConnInfo) {
	if c.n++; c.n <= maxConns {
		return
	}
	c.cancel()
	t, isTLS := info.Conn.(*tls.Conn)
	if info.Conn != nil && !(isTLS && t.ConnectionState().NegotiatedProtocol == "h2") {
		info.Conn.SetWriteDeadline(time.Unix(1, 0))
	}
}

// explain is the error of the try's request, given what net/http said.
func (c *conns) explain(err error) error {
	if err != nil && c.n > maxConns {
		return errConnsBroken // not a timeout nor a cancellation of anybody's
	}
	return err
}
