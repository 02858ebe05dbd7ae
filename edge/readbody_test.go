package edge

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"census-gateway/internal/notes"
)

// A client that announces a body and does not send it takes no place.
func TestBodyIsReadBeforeSlotIsTaken(t *testing.T) {
	h := Chain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }),
		RequestID, ReadBody(1<<18, 0), NewInFlight(1).Middleware)
	addr := running(t, NewServer(h, ServerOptions{}), listen(t))
	slow := dial(t, addr)
	io.WriteString(slow, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n{")
	time.Sleep(50 * time.Millisecond)
	for range 3 {
		resp, err := http.Post("http://"+addr, "application/json", strings.NewReader("hello"))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 200 || string(text) != "hello" {
			t.Errorf("%d %s", resp.StatusCode, text)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

// The inner handler reads the same bytes as without the layer: the whole body, a body that is too
// long, and the error that ended it.
func TestReadBodyIsTheBody(t *testing.T) {
	const most = 1000
	broken := errors.New("broken")
	for _, n := range []int{0, 1, most - 1, most, most + 1, most + 2, 5 * most} {
		for _, end := range []error{io.EOF, broken, io.ErrUnexpectedEOF} {
			for _, announced := range []bool{false, true} {
				text := strings.Repeat("x", n)
				r := httptest.NewRequest("POST", "/", nil)
				r.Body = io.NopCloser(io.MultiReader(iotest.HalfReader(strings.NewReader(text)), iotest.ErrReader(end)))
				if r.ContentLength = -1; announced {
					r.ContentLength = int64(n)
				}
				var got []byte
				var err error
				RequestID(ReadBody(most, time.Second)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					whole := n > 0 && n <= most && end == io.EOF || n == 0 && end == io.EOF && !announced
					if known := notes.Of(r.Context()).Body; (known != nil) != whole || whole && string(known) != text {
						t.Errorf("%d bytes, then %v: %d bytes are known", n, end, len(known))
					}
					got, err = io.ReadAll(r.Body)
				}))).ServeHTTP(httptest.NewRecorder(), r)
				if want := map[bool]error{true: nil, false: end}[end == io.EOF]; err != want || !bytes.Equal(got, []byte(text)) {
					t.Errorf("%d bytes, then %v: %d bytes, then %v", n, end, len(got), err)
				}
			}
		}
	}
}

// After a slow body the answer still has its full time.
func TestSlowBodiesAreAnswered(t *testing.T) {
	h := Chain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }), RequestID, ReadBody(100, time.Minute))
	conn := dial(t, running(t, NewServer(h, ServerOptions{WriteTimeout: 200 * time.Millisecond}), listen(t)))
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhe")
	time.Sleep(300 * time.Millisecond)
	io.WriteString(conn, "llo")
	if text, err := io.ReadAll(conn); err != nil || !strings.HasSuffix(string(text), "\r\n\r\nhello") {
		t.Errorf("%v %q", err, text)
	}
}
