package edge

import "testing"

func TestMemoryLimit(t *testing.T) {
	for text, want := range map[string]int64{
		"max\n": 0, "": 0, "-1": 0, "1000\n": 900, "536870912": 483183819, "9223372036854771712\n": 0,
	} {
		if got := memoryLimit(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}
