package edge

import (
	"testing"

	"census-gateway/internal/errcodes"
)

func TestCheckHost(t *testing.T) {
	h := CheckHost("Gateway.Internal", "fd00::1")(served)
	for _, host := range []string{"localhost", "LOCALHOST:8080", "localhost.", "127.0.0.1", "127.0.0.1:8080", "127.8.9.1:1", "[::1]", "[::1]:8080",
		"[::ffff:127.0.0.1]:80", "gateway.internal", "gateway.internal:8080", "[fd00::1]:8080"} {
		checkPassed(t, serve(h, request("POST", "/graphql", "Host: "+host)))
	}
	for _, host := range []string{"", "evil.test", "evil.test:8080", "localhost.evil.test", "127.0.0.1.evil.test", "128.0.0.1", "0.0.0.0", "0.0.0.0:8080",
		"[::]", "[::2]:8080", "xlocalhost", "a.localhost", "2130706433", "127.1", "[::1", "[]", ":8080", "gateway.internal.evil.test", "localhost:80:80"} {
		checkRefusal(t, serve(h, request("POST", "/graphql", "Host: "+host)), 403, errcodes.Forbidden)
	}
	checkRefusal(t, serve(CheckHost("")(served), request("POST", "/graphql", "Host: ")), 403, errcodes.Forbidden)
}

func TestStance(t *testing.T) {
	loopback := []string{"127.0.0.1:8080", "localhost:8080", "LocalHost:0", "[::1]:8080", "127.1.2.3:1", "[::ffff:127.0.0.1]:8080", "[::1%lo]:80"}
	reachable := []string{":8080", "0.0.0.0:8080", "[::]:8080", "10.0.0.1:8080", "gateway.internal:80", "localhost.evil.test:80", "", "localhost", "127.0.0.1", "127.1:80", "::1:80"}
	for _, addr := range loopback {
		if !IsLoopback(addr) || CheckStance(Stance{Addr: addr, SharedToken: true}) != nil {
			t.Errorf("%q is loopback", addr)
		}
	}
	for _, addr := range reachable {
		if IsLoopback(addr) {
			t.Errorf("%q is not loopback", addr)
		}
		for _, s := range []Stance{{}, {Authenticate: true, SharedToken: true}, {AllowOpen: true, SharedToken: true}} {
			s.Addr = addr
			if err := CheckStance(s); err != nil {
				t.Errorf("%+v: %v", s, err)
			}
		}
		if CheckStance(Stance{Addr: addr, SharedToken: true}) == nil {
			t.Errorf("%q may start open with a shared token", addr)
		}
	}
}

func TestIsHostName(t *testing.T) {
	for name, good := range map[string]bool{"gateway": true, "Gateway.Example.": true, "10.0.0.7": true, "[::1]": true, "::1": true,
		"": false, "gateway:8080": false, "[::1]:8080": false, "http://gateway": false, "gateway/": false, "*.example": false, "a b": false} {
		if IsHostName(name) != good {
			t.Errorf("%q: %t", name, !good)
		}
	}
}
