package stats

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"
	"unsafe"

	"census-gateway/upstream/census"
)

// typicalTestRun draws a typical run of the last 30 days. Nearly all are clean, with distinct
// durations; some failed.
func typicalTestRun(dice *rand.Rand, id int) census.SyncRun {
	created := march + census.DateTime(dice.Int64N(int64(30*days)))
	count := census.Count{N: dice.Int64N(5000), Known: true}
	r := census.SyncRun{
		ID: census.SyncRunID(id), SyncID: 52, Status: census.StatusCompleted, RawStatus: "completed",
		CreatedAt: created, CompletedAt: created + census.DateTime(20_000+dice.ExpFloat64()*120_000),
		RecordsProcessed: count, RecordsUpdated: count,
	}
	if dice.IntN(50) == 0 {
		r.Status, r.ErrorMessage = census.StatusFailed, &timedOut
	}
	return r
}

var timedOut = "Statement timed out after 17 seconds"

// monthOfRuns returns n such runs, newest first.
func monthOfRuns(n int) []census.SyncRun {
	dice := rand.New(rand.NewPCG(3, 4))
	runs := make([]census.SyncRun, n)
	for i := range runs {
		runs[i] = typicalTestRun(dice, i+1)
	}
	slices.SortFunc(runs, func(a, b census.SyncRun) int { return compareRuns(&b, &a) })
	return runs
}

// The size of a Digest grows with the time covered and the variety of runs. It hardly grows with
// more runs of the same kind.
func TestMemoryIsFlat(t *testing.T) {
	runs := monthOfRuns(144_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	d := digestOf(runs)
	runtime.GC()
	runtime.ReadMemStats(&after)
	heap, size := int(after.HeapAlloc)-int(before.HeapAlloc), d.size()
	if size > 3_000_000 || heap > size*3/2+100_000 {
		t.Errorf("144,000 runs take %d bytes of the heap; size says %d", heap, size)
	}
	runtime.KeepAlive(runs)
	dice := rand.New(rand.NewPCG(7, 8))
	more := func(until int) int {
		for d.TotalRuns() < until {
			r := typicalTestRun(dice, d.TotalRuns())
			d.Add(&r)
		}
		return d.size()
	}
	million, two := more(1_000_000), more(2_000_000)
	if million > 8_000_000 || two > 8_000_000 {
		t.Errorf("a million runs take %d bytes, two million %d", million, two)
	}
	t.Logf("144,000 runs: %d bytes (heap %d); a million: %d; two: %d", size, heap, million, two)
}

// A Digest of one sync is small with no scale or one.
func TestMemoryOfScales(t *testing.T) {
	runs := monthOfRuns(720)
	for most, scales := range map[int][]Scale{10_000: nil, 40_000: {{Day, time.UTC}}} {
		d := NewDigest(scales)
		for i := range runs {
			d.Add(&runs[i])
		}
		if d.size() > most {
			t.Errorf("%d scales: %d bytes, want at most %d", len(scales), d.size(), most)
		}
	}
}

func TestAddDoesNotAllocate(t *testing.T) {
	runs := monthOfRuns(50_000)
	d := digestOf(runs)
	for range 4 {
		d.Merge(digestOf(runs))
	}
	i := 0
	if n := testing.AllocsPerRun(len(runs), func() { d.Add(&runs[i%len(runs)]); i++ }); n > 0 {
		t.Errorf("%g allocations for each run", n)
	}
}

// A Digest keeps the newest quarter hours, the same ones for any order of runs.
func TestQuarterHoursAreBounded(t *testing.T) {
	defer func(n int) { quarterLimit = n }(quarterLimit)
	quarterLimit = 40
	dice := rand.New(rand.NewPCG(5, 6))
	runs := monthOfRuns(300)
	var digests []*Digest
	for range 8 {
		dice.Shuffle(len(runs), func(i, j int) { runs[i], runs[j] = runs[j], runs[i] })
		cut := dice.IntN(len(runs))
		d := digestOf(runs[:cut])
		d.Merge(digestOf(runs[cut:]))
		if n := len(d.quarters.tallies); n > 45 || d.TotalRuns() != 300 {
			t.Errorf("%d quarter hours kept, %d runs counted", n, d.TotalRuns())
		}
		digests = append(digests, d)
	}
	edge := digests[0].quarters.oldestKept()
	for _, d := range digests {
		if d.quarters.oldestKept() != edge {
			t.Errorf("edge %d, then %d", edge, d.quarters.oldestKept())
		}
		if _, err := d.Series(Day, mustZone(t, "UTC"), edge.start()-1, march+30*days); err == nil {
			t.Error("Series before the edge did not fail")
		}
		buckets, err := d.Series(Hour, mustZone(t, "UTC"), edge.start(), march+30*days)
		want := 0
		for i := range runs {
			if runs[i].CreatedAt >= buckets[0].StartsAt && quarterOf(runs[i].CreatedAt) >= edge {
				want++
			}
		}
		got := 0
		for _, b := range buckets {
			got += b.TotalRuns()
		}
		if err != nil || got != want {
			t.Errorf("%d runs of %d, %v", got, want, err)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	runs := monthOfRuns(144_000)
	d := digestOf(runs)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d.Add(&runs[i%len(runs)])
	}
}

func BenchmarkFoldMonth(b *testing.B) {
	runs := monthOfRuns(144_000)
	b.ReportAllocs()
	for b.Loop() {
		digestOf(runs)
	}
}

func BenchmarkMerge(b *testing.B) {
	chunk, into := digestOf(monthOfRuns(100)), digestOf(monthOfRuns(144_000))
	b.ReportAllocs()
	for b.Loop() {
		into.Merge(chunk)
	}
}

func BenchmarkRead(b *testing.B) {
	d := digestOf(monthOfRuns(144_000))
	b.Run("durations", func(b *testing.B) {
		for b.Loop() {
			d.Durations()
		}
	})
	b.Run("errors", func(b *testing.B) {
		for b.Loop() {
			d.Errors(10)
		}
	})
	for _, unit := range []Unit{Hour, Day, Week} {
		b.Run(string(unit), func(b *testing.B) {
			zone := mustZone(b, "Europe/Berlin")
			for b.Loop() {
				if _, err := d.Series(unit, zone, march, march+30*days); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPattern(b *testing.B) {
	buf := make([]byte, 0, 400)
	b.ReportAllocs()
	for b.Loop() {
		buf = appendPattern(buf[:0], `Column "plan_tier" of model_41 does not exist at 2026-03-04T12:23:45Z (batch 77, request hV3kQ9xWma)`)
	}
}

// size returns about how many bytes d occupies.
func (d *Digest) size() int {
	const mapSlot = 16 + 8 // key, pointer and the spare room of a map
	n := int(unsafe.Sizeof(*d)) + d.durations.size()
	for _, t := range d.quarters.tallies {
		n += mapSlot + int(unsafe.Sizeof(*t)) + t.durations.size()
	}
	return n + d.errors.size()
}

func (d *durations) size() int {
	n := cap(d.exact) * int(unsafe.Sizeof(int64(0)))
	if d.approx != nil {
		n += int(unsafe.Sizeof(*d.approx)) + cap(d.approx.sketch)*int(unsafe.Sizeof(bin{}))
	}
	return n
}

// size assumes that a run's strings are short.
func (g *errorCounts) size() int {
	const each = int(unsafe.Sizeof(errorCount{})) + int(unsafe.Sizeof(census.SyncRun{})) + 500
	return len(g.byKey)*each + cap(g.scratch)
}
