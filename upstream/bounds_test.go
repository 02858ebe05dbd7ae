package upstream

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"census-gateway/internal/jsonscan"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// endlessBody sends head and then filler until the reader stops. *sent is how many bytes Census
// could send, before compression.
func endlessBody(status int, head string, zipped bool, sent *int) sim.Effect {
	filler := bytes.Repeat([]byte{'x'}, 16<<10)
	first, rest := []byte(head), filler
	if zipped { // a gzip body may have many members
		first, rest = gzipped(first), gzipped(filler)
	}
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if zipped {
			w.Header().Set("Content-Encoding", "gzip")
		}
		w.WriteHeader(status)
		for part := first; ; part = rest {
			if _, err := w.Write(part); err != nil {
				return
			}
			*sent += len(filler)
		}
	}
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func TestBodiesAreBounded(t *testing.T) {
	const success, mib = `{"status":"success","data":[],"x":"`, 1 << 20
	for _, c := range []struct {
		name   string
		status int
		head   string
		zipped bool
		want   string
		calls  int
		most   int // bytes read, all calls together
	}{
		{"a success", 200, success, false, "bad_response", 1, calls.MaxBody + 64<<10},
		{"a packed success", 200, success, true, "bad_response", 1, calls.MaxBody + 2*mib}, // a few compressed KB are already under way
		{"a refusal", 400, `{"status":"error","message":"`, false, "bad_response", 1, 16 << 10},
		{"a page of HTML", 502, "<html>", false, "unavailable", 3, 3 * 16 << 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				census, client := newCensus(sim.Options{})
				sent := 0
				census.Inject(sim.Fault{Do: endlessBody(c.status, c.head, c.zipped, &sent)})
				_, err := client.Syncs(t.Context(), paging.Window{Limit: 1})
				synctest.Wait()
				checkVerdict(t, err, c.want)
				if n := len(census.Calls()); n != c.calls {
					t.Errorf("%d calls, want %d", n, c.calls)
				}
				if sent > c.most {
					t.Errorf("%d bytes were read, want at most %d", sent, c.most)
				}
				if text := err.Error(); len(text) > 400 {
					t.Errorf("the error has %d bytes: %.100s…", len(text), text)
				}
			})
		})
	}
}

// A few KB of gzip unpack to a body within the byte limit whose decoded rows would take a
// hundred times that.
func TestRowsAreBounded(t *testing.T) {
	body := gzipped([]byte(`{"status":"success","data":[` + strings.Repeat("0,", 1<<20) + `0]}`))
	for name, ask := range map[string]func(*Client) error{
		"runs":         func(c *Client) error { _, err := c.Runs(t.Context(), 52, paging.Window{Limit: 3}); return err },
		"syncs":        func(c *Client) error { _, err := c.AllSyncs(t.Context()); return err },
		"sources":      func(c *Client) error { _, err := c.Connections(t.Context(), Sources); return err },
		"destinations": func(c *Client) error { _, err := c.Connections(t.Context(), Destinations); return err },
	} {
		census, client := newCensus(sim.Options{})
		census.Inject(sim.Fault{Do: func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(body)
		}})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := ask(client)
		runtime.ReadMemStats(&after)
		checkVerdict(t, err, "bad_response")
		if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 16 {
			t.Errorf("%s: %d MB to refuse %d bytes", name, n, len(body))
		}
	}
}

// A body longer than announced is cut off, and a huge announcement costs no memory.
func TestAnnouncedLengthIsNotTrusted(t *testing.T) {
	for _, length := range []int64{-1, 0, 10, 1 << 60} {
		client := New("", Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
			body := io.NopCloser(strings.NewReader(`{"status":"success","data":{"id":94,"sync_id":52,"created_at":"2021-10-20T02:51:07.546Z"}}`))
			return &http.Response{StatusCode: 200, ContentLength: length, Body: body, Request: r}, nil
		})})
		_, err := client.Run(t.Context(), 94)
		checkVerdict(t, err, "ok")
	}
}

// Census announces a length and sends no more. Each such answer takes memory for a usual page,
// not for the largest.
func TestPromisedLengthTakesLittleMemory(t *testing.T) {
	const made = 40
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range made {
		client := New("", Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, ContentLength: calls.MaxBody, Body: io.NopCloser(iotest.ErrReader(context.DeadlineExceeded)), Request: r}, nil
		})})
		_, err := client.Run(t.Context(), 94)
		checkVerdict(t, err, "timeout")
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) / made; n > 2*calls.MaxPreallocated {
		t.Errorf("%d bytes for an answer without a body", n)
	}
}

func TestBodyOfExactlyTheBound(t *testing.T) {
	const head, tail = `{"data":{"id":94,"sync_id":52,"created_at":"2021-10-20T02:51:07.546Z","x":"`, `"}}`
	for size, want := range map[int]string{calls.MaxBody: "ok", calls.MaxBody + 1: "bad_response"} {
		census, client := newCensus(sim.Options{})
		census.Inject(sim.Fault{Do: sim.JSON(200, head+strings.Repeat("x", size-len(head)-len(tail))+tail)})
		_, err := client.Run(t.Context(), 94)
		checkVerdict(t, err, want)
	}
}

func TestBodiesAreClosed(t *testing.T) {
	for _, status := range []int{200, 204, 302, 404, 422} {
		open := 0
		client := New("", Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
			open++
			body := &closeRecorder{strings.NewReader("{}"), func() { open-- }}
			return &http.Response{StatusCode: status, Body: body, Request: r}, nil
		})})
		client.Run(t.Context(), 94)
		if open != 0 {
			t.Errorf("%d: %d bodies left open", status, open)
		}
	}
}

// A closeRecorder is a body that records that it was closed.
type closeRecorder struct {
	io.Reader
	closed func()
}

func (c *closeRecorder) Close() error {
	c.closed()
	return nil
}

// Texts of a run or sync are cut to 16 KiB, at the end of a letter.
func TestTextsAreCut(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"none too long", strings.Repeat("x", jsonscan.MaxText), strings.Repeat("x", jsonscan.MaxText)},
		{"one byte too long", strings.Repeat("x", jsonscan.MaxText+1), strings.Repeat("x", jsonscan.MaxText-3) + "…"},
		{"long", strings.Repeat("x", 75<<10), strings.Repeat("x", jsonscan.MaxText-3) + "…"},
		{"of letters of two bytes", strings.Repeat("é", jsonscan.MaxText), strings.Repeat("é", (jsonscan.MaxText-3)/2) + "…"},
		{"of letters of four bytes", strings.Repeat("😀", jsonscan.MaxText), strings.Repeat("😀", (jsonscan.MaxText-3)/4) + "…"},
		{"with escapes", strings.Repeat("\n", jsonscan.MaxText+1), strings.Repeat("\n", jsonscan.MaxText-3) + "…"},
	} {
		server, client := newCensus(sim.Options{})
		sync := server.AddSync(sim.Sync{Label: c.text})
		server.AddRun(sync, sim.Run{ErrorCode: c.text, ErrorMessage: c.text, ErrorDetail: c.text, Status: c.text, Step: c.text, Tag: c.text, Detail: c.text})
		answers, err := client.Runs(t.Context(), census.SyncID(sync), paging.Window{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		y, err := client.Sync(t.Context(), census.SyncID(sync))
		if err != nil {
			t.Fatal(err)
		}
		r := answers[0].Rows[0]
		for i, got := range []string{*r.ErrorCode, *r.ErrorMessage, *r.ErrorDetail, r.RawStatus, *r.CurrentStep,
			*r.SyncTriggerReason.UITag, *r.SyncTriggerReason.UIDetail, *y.Label} {
			if got != c.want {
				t.Errorf("%s: text %d has %d bytes, ends with %q", c.name, i, len(got), got[len(got)-9:])
			}
		}
	}
}

// A list of a thousand million rows, and one that grows by a million with each call, so that
// the last page read is never its end.
func TestWholeListsAreBounded(t *testing.T) {
	for name, grows := range map[string]int64{"long": 0, "growing": 1e6} {
		for _, side := range []Side{Side(calls.ListSyncs), Sources, Destinations} {
			var made, total atomic.Int64
			total.Store(1_000_000_000)
			client := New("", Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
				made.Add(1)
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(pageOfMany(r.URL.Query(), int(total.Add(grows))))), Request: r}, nil
			})})
			var err error
			if side == Side(calls.ListSyncs) {
				_, err = client.AllSyncs(t.Context())
			} else {
				_, err = client.Connections(t.Context(), side)
			}
			checkVerdict(t, err, "bad_response")
			if n := made.Load(); n > maxPages {
				t.Errorf("%s, %s: %d calls", side, name, n)
			}
		}
	}
}

// pageOfMany is a page of a list of total rows, with ids from 1 on.
func pageOfMany(q url.Values, total int) string {
	page, _ := strconv.Atoi(q.Get("page"))
	per, _ := strconv.Atoi(q.Get("per_page"))
	rows := make([]string, per)
	for i := range rows {
		n := (page-1)*per + i + 1
		if q.Get("order") == "desc" {
			n = total + 1 - n
		}
		rows[i] = fmt.Sprintf(`{"id":%d,"created_at":%q}`, n, census.DateTime(1_600_000_000_000+n))
	}
	return fmt.Sprintf(`{"data":[%s],"pagination":{"total_records":%d,"per_page":%d}}`, strings.Join(rows, ","), total, per)
}
