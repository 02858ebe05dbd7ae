package edge

import (
	"strings"
	"testing"
)

func TestClientAddress(t *testing.T) {
	behind, err := ParseProxies([]string{"10.0.0.0/8", "192.0.2.7", "fd00::/8"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, remote, forwarded string // lines between |
		open, behind            string
	}{
		{"no proxy", "203.0.113.9:1234", "", "203.0.113.9", "203.0.113.9"},
		{"a client that lies", "203.0.113.9:1234", "198.51.100.1", "203.0.113.9", "203.0.113.9"},
		{"a proxy", "10.1.2.3:1234", "198.51.100.1", "10.1.2.3", "198.51.100.1"},
		{"a proxy of one address", "192.0.2.7:1", "198.51.100.1", "192.0.2.7", "198.51.100.1"},
		{"its neighbour", "192.0.2.8:1", "198.51.100.1", "192.0.2.8", "192.0.2.8"},
		{"two proxies, and a lie before them", "10.1.2.3:1", "127.0.0.1, 198.51.100.1, 10.9.9.9", "10.1.2.3", "198.51.100.1"},
		{"two lines", "10.1.2.3:1", "127.0.0.1|198.51.100.1|10.9.9.9", "10.1.2.3", "198.51.100.1"},
		{"only proxies", "10.1.2.3:1", "10.1.1.1", "10.1.2.3", "10.1.1.1"},
		{"a proxy that says nothing", "10.1.2.3:1", "", "10.1.2.3", "10.1.2.3"},
		{"garbage", "10.1.2.3:1", "198.51.100.1, <script>", "10.1.2.3", "10.1.2.3"},
		{"IPv6", "[2001:db8::1]:1", "", "2001:db8::1", "2001:db8::1"},
		{"IPv6 with a zone", "[fe80::1%eth0]:1", "", "fe80::1", "fe80::1"},
		{"IPv6 proxy", "[fd00::1]:1", "2001:db8::1", "fd00::1", "2001:db8::1"},
		{"mapped", "[::ffff:10.1.2.3]:1", "::ffff:198.51.100.1", "::ffff:10.1.2.3", "198.51.100.1"},
		{"no address", "@", "198.51.100.1", "", ""},
	} {
		r := request("GET", "/")
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header["X-Forwarded-For"] = strings.Split(c.forwarded, "|")
		}
		if open, seen := (Proxies(nil)).Client(r), behind.Client(r); open != c.open || seen != c.behind {
			t.Errorf("%s: %q, behind proxies %q; want %q, %q", c.name, open, seen, c.open, c.behind)
		}
	}
	for _, text := range []string{"", "10.0.0.0/33", "10.0.0.0:80", "proxy.internal", "fe80::1%eth0", "*"} {
		if p, err := ParseProxies([]string{text}); err == nil {
			t.Errorf("%q was accepted: %v", text, p)
		}
	}
}
