package calls

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/sim"
)

// An attempt is a call in a bubble: its result, and the times at which Census was called.
type attempt struct {
	err   error
	took  time.Duration
	calls []time.Duration // since the start
}

func (a attempt) check(t *testing.T, want string, calls int) {
	t.Helper()
	checkVerdict(t, a.err, want)
	if len(a.calls) != calls {
		t.Errorf("%d calls, want %d", len(a.calls), calls)
	}
}

func (a attempt) checkTook(t *testing.T, want time.Duration) {
	t.Helper()
	if a.took != want {
		t.Errorf("took %s, want %s", a.took, want)
	}
}

// callFaulty makes Census misbehave and reads a sync's runs. ctx makes the caller's context.
func callFaulty(t *testing.T, f sim.Fault, ctx func(context.Context) (context.Context, context.CancelFunc)) (a attempt) {
	census, client := newCensus(sim.Options{})
	id := addSyncWithRuns(census, 3)
	census.Inject(f)
	began := time.Now()
	census.OnCall(func(*http.Request) { a.calls = append(a.calls, time.Since(began)) })
	c, cancel := context.WithCancel(t.Context())
	if ctx != nil {
		c, cancel = ctx(c)
	}
	defer cancel()
	_, a.err = client.Get(c, ListSyncRuns, int64(id), "")
	a.took = time.Since(began)
	synctest.Wait()
	return a
}

func atMost(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
	return func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, d) }
}

func cancelAfter(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
	return func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(d, cancel)
		return ctx, cancel
	}
}

// A bubble starts at the beginning of a second, so dates are exact.
func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

func TestRetryAfterIsObeyed(t *testing.T) {
	date := func(d time.Duration) string { return "in " + d.String() }
	for _, c := range []struct {
		header string
		waits  time.Duration
	}{
		{"1", time.Second},
		{"2", 2 * time.Second},
		{" 3 ", 3 * time.Second},
		{"0", time.Millisecond},
		{date(2 * time.Second), 2 * time.Second},
		{date(3 * time.Second), 3 * time.Second},
		{date(0), time.Millisecond},
		{date(-time.Hour), time.Millisecond},
	} {
		bubble(t, c.header, func(t *testing.T) {
			a := callFaulty(t, sim.Fault{Times: 1, Do: throttleBy(c.header)}, nil)
			a.check(t, "ok", 2)
			a.checkTook(t, c.waits)
		})
	}
}

// throttleBy also accepts "in 2s" for the date of that moment.
func throttleBy(header string) sim.Effect {
	var from string
	if n, _ := fmt.Sscanf(header, "in %s", &from); n == 1 {
		d, err := time.ParseDuration(from)
		if err != nil {
			panic(err)
		}
		return sim.ThrottleUntil(time.Now().Add(d))
	}
	return sim.Throttle(header)
}

func TestLongRetryAfterIsReturned(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"4": 4 * time.Second, "in 4s": 4 * time.Second, "59": 59 * time.Second, "60": time.Minute, "61": time.Minute, "in 59m": time.Minute,
		"86400": time.Minute, "in 24h": time.Minute, "Fri, 31 Dec 9999 23:59:59 GMT": time.Minute,
		"2147483647": time.Minute, "4294967296": time.Minute, "18446744073709551615": time.Minute, "99999999999999999999999": time.Minute,
	} {
		bubble(t, header, func(t *testing.T) {
			a := callFaulty(t, sim.Fault{Do: throttleBy(header)}, nil)
			a.check(t, "rate_limited", 1)
			a.checkTook(t, 0)
			if got := a.err.(*Error).RetryAfter; got != want {
				t.Errorf("RetryAfter is %s, want %s", got, want)
			}
		})
	}
}

func TestRetryAfterCountsForEveryError(t *testing.T) {
	unavailable := func(after string) sim.Effect {
		return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	bubble(t, "short", func(t *testing.T) {
		a := callFaulty(t, sim.Fault{Times: 1, Do: unavailable("2")}, nil)
		a.check(t, "ok", 2)
		a.checkTook(t, 2*time.Second)
	})
	bubble(t, "long", func(t *testing.T) {
		a := callFaulty(t, sim.Fault{Do: unavailable("3600")}, nil)
		a.check(t, "unavailable", 1)
		a.checkTook(t, 0)
	})
}

func TestBackoffWithoutRetryAfter(t *testing.T) {
	for _, header := range []string{"", "soon", "-1", "1.5", "1s", "2000-01-01T00:00:02Z"} {
		bubble(t, "Retry-After "+header, func(t *testing.T) {
			a := callFaulty(t, sim.Fault{Do: sim.Throttle(header)}, nil)
			a.check(t, "rate_limited", 3)
			if first := a.calls[1]; first >= 200*time.Millisecond {
				t.Errorf("second try after %s", first)
			}
			if second := a.calls[2] - a.calls[1]; second >= 400*time.Millisecond {
				t.Errorf("third try after another %s", second)
			}
			if after := a.err.(*Error).RetryAfter; after != 0 {
				t.Errorf("RetryAfter is %s, and Census named none", after)
			}
		})
	}
}

// Full jitter: waits fall anywhere below the limit, so that callers do not return together.
func TestBackoffIsSpread(t *testing.T) {
	bubble(t, "spread", func(t *testing.T) {
		shortest, longest := time.Hour, time.Duration(0)
		for range 300 {
			a := callFaulty(t, sim.Fault{Times: 1, Do: sim.HTML(502)}, nil)
			shortest, longest = min(shortest, a.took), max(longest, a.took)
		}
		if shortest > 20*time.Millisecond || longest < 180*time.Millisecond || longest >= 200*time.Millisecond {
			t.Errorf("waits from %s to %s", shortest, longest)
		}
	})
}

func TestTriesByStatus(t *testing.T) {
	for _, c := range []struct {
		status, tries int
		want          string
	}{
		{500, 2, "unavailable"}, {501, 1, "unavailable"}, {502, 3, "unavailable"}, {503, 3, "unavailable"}, {504, 3, "unavailable"},
		{505, 1, "unavailable"}, {520, 1, "unavailable"}, {429, 3, "rate_limited"},
		{400, 1, "bad_response"}, {401, 1, "unauthenticated"}, {402, 1, "forbidden"}, {451, 1, "forbidden"}, {403, 1, "forbidden"}, {404, 2, "gone"},
		{405, 1, "bad_response"}, {408, 1, "bad_response"}, {409, 1, "bad_response"}, {410, 2, "gone"}, {422, 1, "bad_response"},
		{425, 1, "bad_response"}, {431, 1, "bad_response"}, {301, 1, "gone"}, {308, 1, "gone"}, {304, 1, "bad_response"},
	} {
		bubble(t, strconv.Itoa(c.status), func(t *testing.T) {
			callFaulty(t, sim.Fault{Do: sim.HTML(c.status)}, nil).check(t, c.want, c.tries)
		})
	}
}

// A status in the text of a 200 has the same effect as one in the header.
func TestTriesByStatedStatus(t *testing.T) {
	for status, want := range map[int]struct {
		tries int
		kind  string
	}{404: {2, "gone"}, 429: {3, "rate_limited"}, 500: {2, "unavailable"}, 503: {3, "unavailable"}} {
		bubble(t, strconv.Itoa(status), func(t *testing.T) {
			callFaulty(t, sim.Fault{Do: sim.JSON(200, fmt.Sprintf(`{"status":%d}`, status))}, nil).check(t, want.kind, want.tries)
		})
	}
}

func TestOneFaultIsRetried(t *testing.T) {
	for name, fault := range map[string]sim.Effect{
		"500": sim.HTML(500), "502": sim.HTML(502), "503": sim.JSON(503, `{"status":503}`), "504": sim.HTML(504),
		"reset": sim.Reset(), "closed": sim.Close(), "cut": sim.Cut(100), "cut before the body": sim.Cut(0),
	} {
		bubble(t, name, func(t *testing.T) {
			callFaulty(t, sim.Fault{Times: 1, Do: fault}, nil).check(t, "ok", 2)
		})
	}
	bubble(t, "two of them", func(t *testing.T) {
		callFaulty(t, sim.Fault{Times: 2, Do: sim.Reset()}, nil).check(t, "ok", 3)
	})
}

func TestBrokenConnectionsAreGivenUp(t *testing.T) {
	for name, fault := range map[string]sim.Effect{"reset": sim.Reset(), "closed": sim.Close(), "cut": sim.Cut(100)} {
		bubble(t, name, func(t *testing.T) {
			callFaulty(t, sim.Fault{Do: fault}, nil).check(t, "unavailable", 3)
		})
	}
}

func TestSlowAnswers(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name  string
		fault sim.Effect
		ctx   func(context.Context) (context.Context, context.CancelFunc)
		want  string
		calls int
		took  time.Duration
	}{
		{"late, but in time", sim.Delay(4999 * ms), nil, "ok", 1, 4999 * ms},
		{"never: own timeout, no second try", sim.Hang(), nil, "timeout", 1, 5000 * ms},
		{"headers and no body", sim.HangAfterHeaders(), nil, "timeout", 1, 5000 * ms},
		{"a byte a second", sim.Drip(1, time.Second), nil, "timeout", 1, 5000 * ms},
		{"never, and the caller has less time", sim.Hang(), atMost(700 * ms), "timeout", 1, 700 * ms},
		{"never, and the caller leaves", sim.Hang(), cancelAfter(700 * ms), "canceled", 1, 700 * ms},
		{"the caller leaves while the body drips", sim.Drip(1, time.Second), cancelAfter(700 * ms), "canceled", 1, 700 * ms},
		{"the caller had left before", sim.Delay(0), cancelled, "canceled", 0, 0},
		{"an error, then never", sim.Then(sim.Throttle("1"), sim.Hang()), nil, "timeout", 2, 6000 * ms},
		{"10 s for all tries", sim.Chain(sim.Delay(4*time.Second), sim.Throttle("3")), nil, "timeout", 2, 10000 * ms},
		{"unless the caller says more", sim.Chain(sim.Delay(4*time.Second), sim.Throttle("3")), atMost(time.Minute), "rate_limited", 3, 18000 * ms},
	} {
		bubble(t, c.name, func(t *testing.T) {
			a := callFaulty(t, sim.Fault{Do: c.fault}, c.ctx)
			a.check(t, c.want, c.calls)
			a.checkTook(t, c.took)
		})
	}
}

// The status and headers make a refusal. A missing body delays it by half a second.
func TestRefusalsWithoutTheirBody(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		status int
		after  string
		want   string
		calls  int
		told   time.Duration
	}{
		{302, "", "gone", 1, 0},
		{401, "", "unauthenticated", 1, 0},
		{404, "", "gone", 2, 0},
		{429, "", "rate_limited", 3, 0},
		{429, "60", "rate_limited", 1, time.Minute},
		{503, "", "unavailable", 3, 0},
	} {
		bubble(t, fmt.Sprint(c.status, " ", c.after), func(t *testing.T) {
			a := callFaulty(t, sim.Fault{Do: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
				if c.after != "" {
					w.Header().Set("Retry-After", c.after)
				}
				w.WriteHeader(c.status)
				w.Write([]byte("no"))
				<-r.Context().Done()
			}}, nil)
			a.check(t, c.want, c.calls)
			if least, most := time.Duration(c.calls)*500*ms, time.Duration(c.calls)*500*ms+600*ms; a.took < least || a.took > most {
				t.Errorf("took %s", a.took)
			}
			if e := a.err.(*Error); e.Status != c.status || e.RetryAfter != c.told || !strings.Contains(e.Error(), map[bool]string{false: `"no"`, true: "redirected"}[c.status == 302]) {
				t.Errorf("%v, after %s", e, e.RetryAfter)
			}
		})
	}
}

func cancelled(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx, cancel
}

func TestNoUselessWaits(t *testing.T) {
	for _, deadline := range []time.Duration{time.Second, 1999 * time.Millisecond, 2 * time.Second} {
		bubble(t, "deadline in "+deadline.String(), func(t *testing.T) {
			a := callFaulty(t, sim.Fault{Do: sim.Throttle("2")}, atMost(deadline))
			a.check(t, "rate_limited", 1)
			a.checkTook(t, 0)
		})
	}
	bubble(t, "just enough time", func(t *testing.T) {
		a := callFaulty(t, sim.Fault{Times: 1, Do: sim.Throttle("2")}, atMost(2001*time.Millisecond))
		a.check(t, "ok", 2)
		a.checkTook(t, 2*time.Second)
	})
	bubble(t, "the caller leaves during the wait", func(t *testing.T) {
		a := callFaulty(t, sim.Fault{Do: sim.Throttle("3")}, cancelAfter(700*time.Millisecond))
		a.check(t, "rate_limited", 1)
		a.checkTook(t, 700*time.Millisecond)
	})
}
