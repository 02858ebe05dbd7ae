package sim

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// noon is when the tests' workspaces start, some minutes into an hour.
var noon = time.Date(2026, 3, 4, 12, 23, 45, 678e6, time.UTC)

// A fakeClock is a clock that tests set.
type fakeClock struct{ ms atomic.Int64 }

func (w *fakeClock) now() time.Time           { return clock(w.ms.Load()) }
func (w *fakeClock) advance(by time.Duration) { w.ms.Add(by.Milliseconds()) }

func startAt(t time.Time, opt Options) (*Census, *fakeClock) {
	w := &fakeClock{}
	w.ms.Store(t.UnixMilli())
	opt.Now = w.now
	return New(opt), w
}

// get makes a request in process and returns the status and the body.
func get(t testing.TB, c *Census, path string) (int, string) {
	t.Helper()
	return call(t, c, http.MethodGet, path, "")
}

func call(t testing.TB, c *Census, method, path, body string) (int, string) {
	t.Helper()
	return callOf(t, c, method, "/api/v1"+path, body)
}

// get2 does the same for version 2.
func get2(t testing.TB, c *Census, path string) (int, string) {
	t.Helper()
	return callOf(t, c, http.MethodGet, "/api/v2"+path, "")
}

func callOf(t testing.TB, c *Census, method, path, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://census.test"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(text)
}

// A listing is a page as a client reads it.
type listing struct {
	Data []struct {
		ID        int64     `json:"id"`
		CreatedAt time.Time `json:"created_at"`
	} `json:"data"`
	Next       *string `json:"next"`
	Pagination *struct {
		Total    int  `json:"total_records"`
		PerPage  int  `json:"per_page"`
		PrevPage *int `json:"prev_page"`
		Page     int  `json:"page"`
		NextPage *int `json:"next_page"`
		LastPage int  `json:"last_page"`
	} `json:"pagination"`
}

func page1(t testing.TB, c *Census, path string) (l listing) {
	t.Helper()
	code, body := get(t, c, path)
	if code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, code, body)
	}
	if err := json.Unmarshal([]byte(body), &l); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return l
}

func (l listing) ids() (ids []int64) {
	for _, row := range l.Data {
		ids = append(ids, row.ID)
	}
	return ids
}
