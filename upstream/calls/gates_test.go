package calls

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A fakeCensus answers each path as a test says, and counts the calls. Only whether
// and when they come matters here.
type fakeCensus struct {
	mu    sync.Mutex
	calls map[string]int // by path
	do    func(*http.Request) (*http.Response, error)
}

func (d *fakeCensus) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.calls[r.URL.Path]++
	d.mu.Unlock()
	return d.do(r)
}

func (d *fakeCensus) all() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, calls := range d.calls {
		n += calls
	}
	return n
}

// newFakeCensus returns a fakeCensus and a client for it. told is the last call reported to
// Observe.
func newFakeCensus(do func(*http.Request) (*http.Response, error)) (d *fakeCensus, c *Caller, told *Call) {
	d, told = &fakeCensus{calls: map[string]int{}, do: do}, new(Call)
	var mu sync.Mutex
	observe := func(ctx context.Context, _ string) (context.Context, func(Call)) {
		return ctx, func(c Call) {
			mu.Lock()
			defer mu.Unlock()
			*told = c
		}
	}
	return d, New("", Options{BaseURL: "http://census.test", Transport: d, Observe: observe}), told
}

// reply answers with a status, and with a Retry-After unless that is "".
func reply(status int, retryAfter string) (*http.Response, error) {
	head := http.Header{}
	if retryAfter != "" {
		head.Set("Retry-After", retryAfter)
	}
	return &http.Response{StatusCode: status, Header: head, Body: io.NopCloser(strings.NewReader("{}"))}, nil
}

// hang answers when the client has left.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// after answers 200 some time later.
func after(d time.Duration) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return reply(200, "")
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

// ask reads a sync, and returns the result and the duration.
func ask(ctx context.Context, c *Caller, id int64) (*Error, time.Duration) {
	began := time.Now()
	_, err := c.Get(ctx, FetchSync, id, "")
	failed, _ := errors.AsType[*Error](err)
	return failed, time.Since(began)
}

// checkAsk reads a sync and checks the result, the duration and the RetryAfter.
func checkAsk(t *testing.T, c *Caller, id int64, want string, took, retryAfter time.Duration) {
	t.Helper()
	checkAskIn(t, t.Context(), c, id, want, took, retryAfter)
}

func checkAskIn(t *testing.T, ctx context.Context, c *Caller, id int64, want string, took, retryAfter time.Duration) {
	t.Helper()
	err, d := ask(ctx, c, id)
	if err == nil {
		err = &Error{}
		if want != "ok" {
			t.Errorf("ok, want %s", want)
		}
	} else {
		checkVerdict(t, err, want)
	}
	if d != took || err.RetryAfter != retryAfter {
		t.Errorf("took %s, want %s; RetryAfter %s, want %s", d, took, err.RetryAfter, retryAfter)
	}
}

// checkNothingHeld checks that no call holds a slot or waits for one.
func checkNothingHeld(t *testing.T, c *Caller) {
	t.Helper()
	c.standing.mu.Lock()
	defer c.standing.mu.Unlock()
	if n := len(c.gates.all) + len(c.standing.token) + len(c.standing.reduced); n != 0 || len(c.standing.lanes) != 0 {
		t.Errorf("%d places and %d lanes are kept", n, len(c.standing.lanes))
	}
}

// A panic below the gates returns everything.
func TestPanicHoldsNothing(t *testing.T) {
	_, client, _ := newFakeCensus(func(*http.Request) (*http.Response, error) { panic("at the door") })
	for range 2 * DefaultMaxCalls {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			client.Get(t.Context(), FetchSync, 1, "")
		}()
	}
	checkNothingHeld(t, client)
}

// Calls that the gates refuse are reported like any other, with no tries.
func TestObserveSeesRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, told := newFakeCensus(func(*http.Request) (*http.Response, error) { return reply(429, "60") })
		ask(t.Context(), client, 1)
		if want := (Call{Status: 429, Failed: true, Kind: RateLimited, Tries: 1}); *told != want {
			t.Errorf("%+v, want %+v", *told, want)
		}
		err, _ := ask(t.Context(), client, 1)
		if want := (Call{Failed: true, Kind: RateLimited}); *told != want {
			t.Errorf("%+v, want %+v", *told, want)
		}
		if text := err.Error(); !strings.HasPrefix(text, "GET /syncs/1: rate_limited: not sent: ") || !strings.Contains(text, "429") {
			t.Errorf("the log would say: %s", text)
		}
	})
}

// A client makes its headers once. Transports do not change them.
func TestHeadersAreShared(t *testing.T) {
	census, client := serve(t)
	addSyncWithRuns(census, 1)
	before := client.header.Clone()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err, _ := ask(t.Context(), client, 1); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(before) != len(client.header) || len(client.header["Authorization"]) != 1 {
		t.Errorf("%v, want %v", client.header, before)
	}
}

// BenchmarkGet measures a call without its exchange and its decoding.
func BenchmarkGet(b *testing.B) {
	answer := &http.Response{StatusCode: 200, Body: http.NoBody}
	client := New(secret, Options{Transport: wire(func(*http.Request) (*http.Response, error) { return answer, nil })})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Get(b.Context(), ListSyncRuns, 52, "?order=desc&page=1&per_page=100"); err != nil {
			b.Fatal(err)
		}
	}
}
