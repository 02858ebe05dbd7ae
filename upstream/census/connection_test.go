package census

import (
	"reflect"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// The rest of an answer, such as credentials and hosts, is not kept in any form: neither in
// the fields nor in memory behind their strings.
func TestConnectionsKeepNothingElse(t *testing.T) {
	for _, path := range []string{"/sources", "/destinations"} {
		body := sim.New(sim.Options{}).Body(path)
		if !strings.Contains(body, "connection_canary") {
			t.Fatal("no canary to look for")
		}
		p, err := DecodePage[Connection](body, 100)
		if err != nil {
			t.Fatal(err)
		}
		kept := stringsIn(reflect.ValueOf(p.Rows))
		if len(kept) != 2*len(p.Rows) {
			t.Errorf("%d strings of %d connections: %q", len(kept), len(p.Rows), kept)
		}
		for _, s := range kept {
			if strings.Contains(s, "canary") || within(s, body) {
				t.Errorf("%q is kept, or keeps the whole answer alive", s)
			}
		}
	}
}
