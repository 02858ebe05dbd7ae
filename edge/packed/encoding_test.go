package packed

import "testing"

func TestEncoding(t *testing.T) {
	for accept, want := range map[string]string{
		"br":                     "br",
		"gzip;q=1.0, br;q=0.1":   "br",
		"br;q=0, gzip":           "gzip",
		"GZIP ; Q=0.5":           "gzip",
		"*":                      "br",
		"br;q=0, *;q=0.1":        "gzip",
		"identity":               "",
		"gzip;q=0.000, deflate,": "",
		"zstd":                   "",
	} {
		if got := encoding([]string{accept}); got != want {
			t.Errorf("%q: %q, want %q", accept, got, want)
		}
	}
}
