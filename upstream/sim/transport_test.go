package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// In a bubble, time passes only while all goroutines wait, and every goroutine must end.
func TestTransportInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{Empty: true}) // the bubble's clock
		id := c.AddSync(Sync{})
		c.AddRun(id, Run{})
		client := &http.Client{Transport: c.Transport(), Timeout: time.Minute}
		path := fmt.Sprintf("http://census.test/api/v1/syncs/%d/sync_runs", id)

		remove := c.Inject(Fault{Do: Delay(45 * time.Second)})
		start := time.Now()
		a, err := client.Get(path)
		if err != nil || a.StatusCode != 200 || time.Since(start) != 45*time.Second {
			t.Errorf("late answer: %v after %s", err, time.Since(start))
		}
		if err == nil {
			io.Copy(io.Discard, a.Body)
			a.Body.Close()
		}
		remove()

		for name, do := range map[string]Effect{"delay": Delay(time.Hour), "hang": Hang(), "headers": HangAfterHeaders(), "drip": Drip(1, 10*time.Second)} {
			remove := c.Inject(Fault{Do: do})
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 10500*time.Millisecond)
			r, _ := http.NewRequestWithContext(ctx, "GET", path, nil)
			a, err := c.Transport().RoundTrip(r)
			if err == nil {
				_, err = io.ReadAll(a.Body)
				a.Body.Close()
			}
			if err != context.DeadlineExceeded || time.Since(start) != 10500*time.Millisecond {
				t.Errorf("%s: %v after %s", name, err, time.Since(start))
			}
			cancel()
			remove()
		}
	})
}

func TestTransportLeavesEarly(t *testing.T) {
	c, _ := startAt(noon, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	c.OnCall(func(*http.Request) { cancel() })
	r, _ := http.NewRequestWithContext(ctx, "GET", "http://census.test/api/v1/syncs", nil)
	for range 2 { // ended during the call, then before it
		if _, err := c.Transport().RoundTrip(r); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if n := len(c.Calls()); n != 1 {
		t.Errorf("%d calls", n)
	}

	synctest.Test(t, func(t *testing.T) { // a body closed half way ends the effect
		c := New(Options{Empty: true})
		c.Inject(Fault{Do: Huge(1 << 20)})
		a, err := (&http.Client{Transport: c.Transport()}).Get("http://census.test/api/v1/syncs")
		if err != nil {
			t.Fatal(err)
		}
		io.CopyN(io.Discard, a.Body, 1<<20)
		a.Body.Close()
	})
}

func TestManyAtOnce(t *testing.T) {
	c, w := startAt(noon, Options{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 20 {
				get(t, c, fmt.Sprintf("/syncs/%d/sync_runs?page=%d", 41+(i*j)%48, 1+j))
				switch j % 5 {
				case 0:
					c.AddRun(52, Run{})
				case 1:
					w.advance(time.Minute)
				case 2:
					c.Inject(Fault{Times: 1, Do: Delay(0)})
				case 3:
					call(t, c, "POST", "/syncs/52/trigger", "{}")
				case 4:
					c.UpdateRun(newest(c, 52).ID, func(r *Run) { r.Status = "completed" })
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		startAt(noon, Options{})
	}
}

func BenchmarkPage(b *testing.B) {
	c, _ := startAt(noon, Options{})
	r, _ := http.NewRequest("GET", "http://census.test/api/v1/syncs/52/sync_runs?page=7&per_page=25", nil)
	for b.Loop() {
		c.Transport().RoundTrip(r)
	}
}

func BenchmarkAddRun(b *testing.B) {
	c, _ := startAt(noon, Options{Empty: true})
	id := c.AddSync(Sync{})
	for b.Loop() {
		c.AddRun(id, Run{})
	}
}
