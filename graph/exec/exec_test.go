package exec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/exec"
)

type gqlError = gqlerror.Error

// asError omits the value of a panic from the message, as a server does.
func asError(err error) *gqlError {
	out := gqlerror.WrapPath(nil, err)
	if own := (*gqlError)(nil); errors.As(err, &own) {
		out = own
	}
	if p := (*exec.Panic)(nil); errors.As(err, &p) {
		out.Message = "bug"
	}
	return out
}

// A failed field is null, with an error at its place. If it is non-null, its parent becomes null.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ query, data, path string }{
		{`{ a: town(name: "") { name } b: town(name: "Ely") { name } }`, `{"a":null,"b":{"name":"Ely"}}`, "a"},
		{`{ b: town(name: "Ely") { name } twin { name } }`, `null`, "twin"},
	} {
		out := answer(&store{known: make(map[string]*town)}, tt.query, nil)
		if string(out.Data) != tt.data || len(out.Errors) != 1 || out.Errors[0].Path.String() != tt.path {
			t.Errorf("%s: %s %v", tt.query, out.Data, out.Errors)
		}
	}
}

// @skip and @include apply. Fields with the same name are merged, in the order of their first
// selection.
func TestCollect(t *testing.T) {
	query := `query ($yes: Boolean!) {
		town(name: "Ely") { ...f people @skip(if: $yes) name }
		town(name: "Ely") { twin @include(if: $yes) { people } ... on Town { people } __typename }
	} fragment f on Town { twin { name } }`
	out := answer(&store{known: make(map[string]*town)}, query, map[string]any{"yes": true})
	if want := `{"town":{"twin":{"name":"Ely-on-Sea","people":10000},"name":"Ely","people":3000,"__typename":"Town"}}`; string(out.Data) != want {
		t.Errorf("got  %s\nwant %s", out.Data, want)
	}
}

func TestLater(t *testing.T) {
	reads := 0
	read := func() { reads++ }
	failed := errors.New("failed")
	twice := func(n int, err error) (int, error) { return 2 * n, err }
	next := exec.Then(func() exec.Later[int] { return exec.Value(3, nil) })
	slow := exec.Slow(func() (int, error) { return 4, nil })
	for _, tt := range []struct {
		name  string
		later exec.Later[int]
		want  int
		err   error
		reads int
	}{
		{"a value", exec.Value(1, nil), 1, nil, 0},
		{"an error", exec.Value(0, failed), 0, failed, 0},
		{"mapped value", exec.Map(exec.Value(1, nil), twice), 2, nil, 0},
		{"value of a loader", next, 3, nil, 1},
		{"that mapped", exec.Map(next, twice), 6, nil, 1},
		{"slow value", slow, 4, nil, 1},
		{"that mapped", exec.Map(slow, twice), 8, nil, 1},
		{"two steps", exec.Then(func() exec.Later[int] { return next }), 3, nil, 2},
	} {
		reads = 0
		if got, err := tt.later.Wait(read); got != tt.want || err != tt.err || reads != tt.reads {
			t.Errorf("%s: %d, %v after %d reads", tt.name, got, err, reads)
		}
	}
	reads = 0
	all := exec.All(4, func(i int) exec.Later[string] {
		if i%2 == 0 {
			return exec.Value(fmt.Sprint(i), nil)
		}
		return exec.Then(func() exec.Later[string] { return exec.Value("", failed) })
	}, func(s string, err error) string { return s + fmt.Sprint(err != nil) })
	if got, err := all.Wait(read); err != nil || reads != 1 || !slices.Equal(got, []string{"0false", "true", "2false", "true"}) {
		t.Errorf("%q %v after %d reads", got, err, reads)
	}
}

// AppendString writes any string as JSON that decodes to the same string.
func FuzzAppendString(f *testing.F) {
	f.Add("plain")
	f.Add("\x00\"\\\t\r\n\u2028é")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		b := exec.AppendString([]byte{'x'}, s)
		if err := json.Unmarshal(b[1:], &got); err != nil || utf8.ValidString(s) && got != s {
			t.Errorf("%q became %s: %v", s, b, err)
		}
	})
}

func FuzzAppendInt(f *testing.F) {
	for _, n := range []int64{0, 9, 10, 99, 100, -1, 1 << 62} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n int64) {
		if got := string(exec.AppendInt(nil, n)); got != fmt.Sprint(n) {
			t.Errorf("%d became %s", n, got)
		}
	})
}
