package calls

import (
	"strings"
	"testing"
)

func TestCheckBaseURL(t *testing.T) {
	for _, good := range []string{"https://app.getcensus.com", "https://app.getcensus.com/api/v1", "http://127.0.0.1:9000/api/v2/", "http://[::1]:9000"} {
		if err := CheckBaseURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "app.getcensus.com", "//app.getcensus.com", "https://", "https:///api", "ftp://x", "file:///etc/passwd", "gopher://x",
		"https:opaque", "https://bearer:" + secret + "@x", "https://u@x", "https://@x", "https://x?token=" + secret, "https://x?", "https://x#" + secret,
		"https://x#", "https://x:0", "https://x:99999", "https://x:a", "https://x/a b", "https://x/\r\n" + secret, "https://x/../y", "https://x/%2e%2e/y", `https://x\y`, "http://[::1", "https://bücher.example"} {
		if err := CheckBaseURL(bad); err == nil {
			t.Errorf("%q was taken", bad)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows the URL: %v", err)
		}
	}
}

func TestCheckToken(t *testing.T) {
	for _, good := range []string{"", "secret-token:abc", "a"} {
		if err := CheckToken(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{secret + " ", " " + secret, secret + "\n", "a b" + secret, "é" + secret, "\x00" + secret, "\x7f" + secret, `"` + secret + `"`, "'" + secret + "'"} {
		if err := CheckToken(bad); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
