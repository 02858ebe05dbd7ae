package edge

import (
	"bytes"
	"cmp"
	"context"
	"log"
	"log/slog"
	"net/http"
	"regexp"
	"time"
)

// ServerOptions are the limits of NewServer. A zero field means the default beside it. A negative
// one means no limit, which is for tests.
type ServerOptions struct {
	ReadHeaderTimeout time.Duration // 5 s, for the request line and headers
	ReadTimeout       time.Duration // 15 s, for headers and body
	IdleTimeout       time.Duration // 75 s, between two requests of a connection: load balancers close idle ones after 60 s
	// WriteTimeout is 60 s, for the operation and its answer, from the end of the headers. A
	// stream extends its own deadline through http.ResponseController.
	WriteTimeout time.Duration
	MaxHeader    int // 16 KiB, of the request line and headers; at least 4097

	Log *slog.Logger // receives net/http's messages about connections, at debug; nil discards them
}

// headerSlack is what net/http adds to MaxHeaderBytes for its own buffer.
const headerSlack = 4096

// NewServer returns a server with limits on time, headers and HTTP/2 (100 streams per connection,
// 64 KiB before a stream's body is read, 1 MiB for all). LimitConns limits connections at the
// listener.
func NewServer(handler http.Handler, opt ServerOptions) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: cmp.Or(opt.ReadHeaderTimeout, 5*time.Second),
		ReadTimeout:       cmp.Or(opt.ReadTimeout, 15*time.Second),
		WriteTimeout:      cmp.Or(opt.WriteTimeout, 60*time.Second),
		IdleTimeout:       cmp.Or(opt.IdleTimeout, 75*time.Second),
		MaxHeaderBytes:    cmp.Or(opt.MaxHeader, 16<<10) - headerSlack,
		Protocols:         protocols,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams:          100,
			MaxReceiveBufferPerStream:     64 << 10,
			MaxReceiveBufferPerConnection: 1 << 20,
		},
		ErrorLog: log.New(serverLog{opt.Log}, "", 0),
	}
}

// serverLog writes net/http's own log lines to slog, at debug and without the addresses of
// clients. A failure to accept connections, usually for lack of file descriptors, is a warning.
type serverLog struct{ log *slog.Logger }

var clientAddress = regexp.MustCompile(`\[[0-9A-Fa-f:.]+(%[^\]\s]*)?\]:\d+|\b\d{1,3}(\.\d{1,3}){3}:\d+`)

func (s serverLog) Write(line []byte) (int, error) {
	if s.log != nil {
		level := slog.LevelDebug
		if bytes.Contains(line, []byte("Accept error")) {
			level = slog.LevelWarn
		}
		text := clientAddress.ReplaceAll(line, []byte("(client)"))
		s.log.Log(context.Background(), level, "http server", "says", string(text))
	}
	return len(line), nil
}
