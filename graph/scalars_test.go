package graph

import (
	"encoding/json"
	"testing"
)

// Int accepts whole numbers of 32 bits, in any Go type of JSON numbers, and rejects strings, as
// the specification requires.
func TestUnmarshalInt(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want int
		ok   bool
	}{
		{json.Number("7"), 7, true}, {int64(-1), -1, true}, {7, 7, true}, {json.Number("2147483647"), 2147483647, true},
		{"7", 0, false}, {"", 0, false}, {json.Number("2147483648"), 0, false}, {json.Number("1.5"), 0, false},
		{json.Number("1e18"), 0, false}, {true, 0, false}, {[]any{}, 0, false},
	} {
		got, err := UnmarshalInt(tt.v)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("%#v: got %d, %v", tt.v, got, err)
		}
	}
}
