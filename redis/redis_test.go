package redis

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"census-gateway/internal/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a client. A timeout of 5 s is long enough for a busy machine.
func open(t testing.TB, server *redistest.Server, timeout time.Duration) (*Client, *bytes.Buffer) {
	var log bytes.Buffer
	c, err := Open(Options{URL: server.URL(), Timeout: timeout, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, &log
}

func wait(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("timed out waiting for: " + what)
		}
	}
}

func text(s string) func() []byte { return func() []byte { return []byte(s) } }

func TestStore(t *testing.T) {
	c, _ := open(t, redistest.Start(t), 5*time.Second)
	wait(t, "up", c.Up)
	if got := c.Get("a"); got != "" {
		t.Errorf("%q before anything was stored", got)
	}
	c.Set("a", time.Minute, text("\x00one\xff"))
	wait(t, "stored", func() bool { return c.Get("a") == "\x00one\xff" })
	c.Drop("a")
	wait(t, "dropped", func() bool { return c.Get("a") == "" })
	c.Set("b", 50*time.Millisecond, text("two"))
	c.Set("c", time.Minute, text("three"))
	wait(t, "stored", func() bool { return c.Get("c") == "three" })
	wait(t, "expired", func() bool { return c.Get("b") == "" })
	least, most := c.Clock()
	if least > 0 || most < 0 || most-least > time.Second { // Redis has the same clock
		t.Errorf("Redis's clock is ahead by %s to %s", least, most)
	}
	if s := c.Stats(); s.Found < 2 || s.Missing < 2 || s.Failed != 0 || s.Lost != 0 {
		t.Errorf("%+v", s)
	}
}

// A Redis that is down at the start, ends or hangs stops being used at once. It is used again when
// it returns.
func TestRedisDown(t *testing.T) {
	server := redistest.Start(t)
	server.Kill()
	c, _ := open(t, server, 200*time.Millisecond)
	c.Set("a", time.Minute, text("lost"))
	if got := c.Get("a"); got != "" || c.Up() {
		t.Fatalf("%q without a Redis", got)
	}
	for round := range 2 {
		server.Start()
		wait(t, "up", c.Up)
		c.Set("a", time.Minute, text("kept"))
		wait(t, "stored", func() bool { return c.Get("a") == "kept" })
		if round == 0 {
			server.Kill()
		} else {
			server.Signal(syscall.SIGSTOP)
		}
		wait(t, "down", func() bool { c.Get("a"); return !c.Up() })
		before := time.Now()
		for range 1000 {
			c.Get("a")
			c.Set("a", time.Minute, text("lost"))
		}
		if took := time.Since(before); took > time.Second {
			t.Errorf("1,000 commands without Redis took %s", took)
		}
		if round == 1 {
			server.Signal(syscall.SIGCONT)
			wait(t, "up", c.Up)
		}
	}
	if s := c.Stats(); s.Lost < 2000 {
		t.Errorf("%+v", s)
	}
}

// If Redis hangs, simultaneous commands end after the timeout. Later commands end at once.
func TestHangingRedisDelaysOneUse(t *testing.T) {
	server := redistest.Start(t)
	c, _ := open(t, server, 100*time.Millisecond)
	wait(t, "up", c.Up)
	server.Signal(syscall.SIGSTOP)
	defer server.Signal(syscall.SIGCONT)
	before := time.Now()
	var users sync.WaitGroup
	for range 100 {
		users.Go(func() {
			for range 20 { // two seconds, if each waited
				c.Get("a")
			}
		})
	}
	users.Wait()
	if took := time.Since(before); took > time.Second {
		t.Errorf("20 commands in a row took %s", took)
	}
	wait(t, "down", func() bool { c.Get("a"); return !c.Up() })
	if s := c.Stats(); s.Failed < maxTimeouts {
		t.Errorf("%+v", s)
	}
}

// A message reaches the other gateways, and not its sender. This also holds after Redis was down.
func TestMessagesReachOtherClients(t *testing.T) {
	server := redistest.Start(t)
	one, _ := open(t, server, 5*time.Second)
	two, _ := open(t, server, 5*time.Second)
	var own, other, elsewhere atomic.Int64
	one.Subscribe("a", func(string) { own.Add(1) })
	two.Subscribe("a", func(message string) {
		if message == "it happened" {
			other.Add(1)
		}
	})
	two.Subscribe("b", func(string) { elsewhere.Add(1) })
	for range 2 {
		wait(t, "message", func() bool { one.Publish("a", "it happened"); return other.Swap(0) > 0 })
		server.Kill()
		wait(t, "down", func() bool { return !one.Up() && !two.Up() })
		server.Start()
	}
	if own.Load() != 0 || elsewhere.Load() != 0 {
		t.Errorf("%d messages to the sender, %d on another subject", own.Load(), elsewhere.Load())
	}
}

func TestCheckURL(t *testing.T) {
	for url, ok := range map[string]bool{
		"redis://localhost:6379": true, "rediss://user:secret@redis.example.com:6380/1": true, "unix:///run/redis.sock": true,
		"": false, "localhost:6379": false, "http://localhost": false, "redis://h/one": false, "redis://user:secret@h:port": false,
	} {
		err := Check(url)
		if (err == nil) != ok {
			t.Errorf("%s: %v", url, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := Open(Options{URL: "localhost"}); err == nil {
		t.Error("an invalid URL was accepted")
	}
}

// BenchmarkGet measures one Get of a local Redis, and of one that is down.
func BenchmarkGet(b *testing.B) {
	server := redistest.Start(b)
	c, _ := open(b, server, time.Second)
	wait(b, "up", c.Up)
	c.Set("a", time.Hour, text(strings.Repeat("x", 4096)))
	wait(b, "stored", func() bool { return c.Get("a") != "" })
	b.Run("up", func(b *testing.B) {
		for b.Loop() {
			c.Get("a")
		}
	})
	server.Kill()
	wait(b, "down", func() bool { return !c.Up() })
	b.Run("down", func(b *testing.B) {
		for b.Loop() {
			c.Get("a")
		}
	})
}
