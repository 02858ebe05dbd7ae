package calls

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/goleak"

	"census-gateway/upstream/sim"
)

// secret has the form of Census's tokens. No error may contain it.
const secret = "secret-token:canary0123456789abcdefgh"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newCensus(opt sim.Options) (*sim.Census, *Caller) {
	opt.Empty = true
	census := sim.New(opt)
	return census, New("", Options{BaseURL: sim.Base(), Transport: census.Transport()})
}

// addSyncWithRuns adds a sync with n runs.
func addSyncWithRuns(census *sim.Census, n int) int64 {
	id := census.AddSync(sim.Sync{})
	for range n {
		census.AddRun(id, sim.Run{})
	}
	return id
}

// serve returns a Census behind a socket, and a client as in production.
func serve(t *testing.T) (*sim.Census, *Caller) {
	census := sim.New(sim.Options{Empty: true, Token: secret})
	srv := httptest.NewUnstartedServer(census)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	transport := Transport(DefaultMaxCalls)
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		srv.Listener.Close()
		srv.CloseClientConnections() // of callers who have left, whose requests continue
		srv.Close()
	})
	return census, New(secret, Options{BaseURL: srv.URL + "/api/v1", Transport: transport})
}

// verdict returns "ok", or the kind of the error.
func verdict(err error) string {
	var failed *Error
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &failed):
		return failed.Kind.String()
	}
	return fmt.Sprintf("an error without a kind: %v", err)
}

// A wire answers requests in process.
type wire func(*http.Request) (*http.Response, error)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

func checkVerdict(t *testing.T, err error, want string) {
	t.Helper()
	if got := verdict(err); got != want {
		t.Errorf("%s, want %s: %v", got, want, err)
	}
}

// switchProtocols answers 101, as if the client had asked for it, and waits.
func switchProtocols(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	io.Copy(io.Discard, conn)
}
