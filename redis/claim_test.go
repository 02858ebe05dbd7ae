package redis

import (
	"testing"
	"time"

	"census-gateway/internal/redistest"
)

// Of several claims of a key, one is granted until it expires. While Redis is down, all are
// granted.
func TestClaim(t *testing.T) {
	server := redistest.Start(t)
	a, _ := open(t, server, 5*time.Second)
	b, _ := open(t, server, 5*time.Second)
	wait(t, "up", func() bool { return a.Up() && b.Up() })
	if !a.Claim("x", time.Minute) || b.Claim("x", time.Minute) || a.Claim("x", time.Minute) || !b.Claim("y", 50*time.Millisecond) {
		t.Error("a claim was granted twice or not at all")
	}
	wait(t, "expired", func() bool { return a.Claim("y", time.Minute) })
	server.Kill()
	wait(t, "down", func() bool { return a.Claim("x", time.Minute) })
}
