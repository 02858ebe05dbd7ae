package census

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// Packing loses nothing of any run. The runs are made by reflection, so that new fields are
// compared too.
func TestPackedRunsAreTheSame(t *testing.T) {
	run := rapid.Custom(func(t *rapid.T) SyncRun {
		r := rapid.Make[SyncRun]().Draw(t, "run")
		for _, c := range r.counts() {
			if !c.Known { // null has no number
				c.N = 0
			}
		}
		return r
	})
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(run, 1, 10).Draw(t, "runs")
		if diff := cmp.Diff(runs, PackRuns(runs).Rows(0)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Packed runs take few bytes each and share no text with their page, which they would keep in
// memory.
func TestPackedRunsAreSmall(t *testing.T) {
	body, rows := packedPage(t)
	p := PackRuns(rows)
	if n := p.Bytes() / p.n; n > 50 {
		t.Errorf("%d bytes a run", n)
	}
	page := uintptr(unsafe.Pointer(unsafe.StringData(body)))
	for _, s := range append(p.texts, p.packed) {
		if at := uintptr(unsafe.Pointer(unsafe.StringData(s))); at >= page && at < page+uintptr(len(body)) {
			t.Errorf("%q is part of the page", s)
		}
	}
}

func packedPage(tb testing.TB) (body string, rows []SyncRun) {
	body = strings.Clone(sim.New(sim.Options{}).Body("/syncs/52/sync_runs?order=asc&page=3&per_page=100"))
	p, err := DecodePage[SyncRun](body, 100)
	if err != nil || len(p.Rows) != 100 {
		tb.Fatal(len(p.Rows), err)
	}
	return body, p.Rows
}

func BenchmarkPackRuns(b *testing.B) {
	_, rows := packedPage(b)
	b.ReportAllocs()
	for b.Loop() {
		PackRuns(rows)
	}
}

func BenchmarkUnpackRuns(b *testing.B) {
	_, rows := packedPage(b)
	p := PackRuns(rows)
	b.ReportAllocs()
	for b.Loop() {
		p.Rows(0)
	}
}
