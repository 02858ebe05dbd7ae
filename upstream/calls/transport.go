package calls

import (
	"net"
	"net/http"
	"time"
)

// The limits of one exchange with Census.
const (
	dialTimeout     = 2 * time.Second
	tlsTimeout      = 3 * time.Second
	headerTimeout   = 4 * time.Second
	tryTimeout      = 5 * time.Second
	errorTimeout    = 500 * time.Millisecond // to read the body of an error
	CallTimeout     = 10 * time.Second       // all tries together, if the caller sets no deadline
	maxErrorBody    = 4 << 10                // bytes read of the body of an error
	MaxBody         = 8 << 20                // bytes after unpacking; the largest page of 50 syncs seen had 2.4 MB
	MaxPreallocated = 256 << 10              // bytes allocated on the word of Content-Length; more as the answer comes
	maxPooledBuffer = 1 << 20                // largest buffer kept, in bytes; a page of 100 runs takes about 70 KB
)

// Transport returns a transport to Census for the given number of concurrent calls. It limits
// times and connections, and ignores proxies of the environment.
func Transport(calls int) *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxConnsPerHost:        calls,
		MaxIdleConnsPerHost:    calls,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		ReadBufferSize:         16 << 10, // holds ten runs; a page of a hundred bypasses it, without a copy
		ForceAttemptHTTP2:      true,
	}
}
