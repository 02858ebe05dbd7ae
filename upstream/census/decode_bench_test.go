package census

import (
	"testing"

	"census-gateway/upstream/sim"
)

func BenchmarkDecodePage(b *testing.B) {
	body := sim.New(sim.Options{}).Body("/syncs/52/sync_runs?order=desc&page=1&per_page=100")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if p, err := DecodePage[SyncRun](body, 100); err != nil || len(p.Rows) != 100 {
			b.Fatal(len(p.Rows), err)
		}
	}
}

func BenchmarkDecodeSyncs(b *testing.B) {
	census := sim.New(sim.Options{Empty: true, SyncBytes: 8 << 10})
	for range 50 {
		census.AddSync(sim.Sync{})
	}
	body := census.Body("/syncs?order=asc&page=1&per_page=50")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if p, err := DecodePage[Sync](body, 50); err != nil || len(p.Rows) != 50 {
			b.Fatal(len(p.Rows), err)
		}
	}
}
