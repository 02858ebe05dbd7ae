package stats

import "slices"

const (
	// exactRuns is the number of runs up to which the quantiles of a Digest or a bucket are
	// exact.
	exactRuns = 1000
	// exactQuarterRuns is the same for one quarter hour.
	exactQuarterRuns = 64
)

// A DurationSummary summarizes durations in seconds. Count, Min, Max and Mean are exact. A
// quantile is the smallest duration that is not exceeded by at least that share of the runs
// (nearest rank). Quantiles are exact in a Digest of up to 1,000 runs, and in a bucket of up to
// 1,000 runs if no quarter hour has more than 64. Otherwise they are within 1 %. In quantiles,
// durations above 34 years count as 34 years.
type DurationSummary struct {
	Count         int
	Min, Max      float64
	Mean          float64
	P50, P95, P99 float64
}

// Durations are stored one by one up to a limit, then as a sketch. Sums are in whole
// milliseconds, so they do not depend on the order.
type durations struct {
	exact  []int64          // ms
	approx *approxDurations // replaces exact above the limit
}

// An approxDurations holds at least one duration.
type approxDurations struct {
	n, sum, min, max int64 // in ms, except n
	sketch           sketch
}

// add adds a duration and its key in the sketch. All calls on one value must pass the same limit.
func (d *durations) add(ms int64, key uint16, limit int) {
	if d.approx == nil && len(d.exact) < limit {
		d.exact = append(d.exact, ms)
		return
	}
	d.approximate()
	d.approx.add(ms, key)
}

// merge adds the durations of o. The limit of o must not be above the given one.
func (d *durations) merge(o *durations, limit int) {
	switch {
	case o.approx == nil && d.approx == nil && len(d.exact)+len(o.exact) <= limit:
		d.exact = append(d.exact, o.exact...)
	case o.approx == nil:
		d.approximate()
		for _, ms := range o.exact {
			d.approx.add(ms, keyOf(ms))
		}
	default:
		d.approximate()
		d.approx.include(o.approx.n, o.approx.sum, o.approx.min, o.approx.max)
		d.approx.sketch.merge(o.approx.sketch)
	}
}

// approximate moves the exact durations to the sketch.
func (d *durations) approximate() {
	if d.approx == nil {
		d.approx = new(approxDurations)
		for _, ms := range d.exact {
			d.approx.add(ms, keyOf(ms))
		}
		d.exact = nil
	}
}

func (b *approxDurations) add(ms int64, key uint16) {
	b.include(1, ms, ms, ms)
	b.sketch.add(key, 1)
}

func (b *approxDurations) include(n, sum, low, high int64) {
	if b.n == 0 || low < b.min {
		b.min = low
	}
	b.max = max(b.max, high)
	b.n += n
	b.sum = addSaturated(b.sum, sum)
}

func (d *durations) summary() *DurationSummary {
	if d.approx != nil {
		b := d.approx
		return summary(b.n, b.sum, b.min, b.max, func(rank int64) float64 { return b.sketch.at(rank) / 1000 })
	}
	if len(d.exact) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(d.exact))
	var sum int64
	for _, ms := range sorted {
		sum = addSaturated(sum, ms)
	}
	n := len(sorted)
	return summary(int64(n), sum, sorted[0], sorted[n-1], func(rank int64) float64 { return seconds(sorted[rank-1]) })
}

// summary returns the summary of n durations. at returns the duration with a rank, in seconds.
func summary(n, sum, low, high int64, at func(rank int64) float64) *DurationSummary {
	s := &DurationSummary{
		Count: int(n),
		Min:   seconds(low),
		Max:   seconds(high),
		Mean:  float64(sum) / float64(n) / 1000,
	}
	// Rounding can exceed the bounds.
	within := func(v float64) float64 { return min(max(v, s.Min), s.Max) }
	s.Mean = within(s.Mean)
	s.P50, s.P95, s.P99 = within(at(rank(50, n))), within(at(rank(95, n))), within(at(rank(99, n)))
	return s
}

// rank returns the rank of a quantile among n values in order. Ranks begin at 1.
func rank(percent, n int64) int64 {
	return n/100*percent + (n%100*percent+99)/100
}

// seconds rounds as SyncRun.DurationSeconds does, so that Max equals the duration of the longest
// run.
func seconds(ms int64) float64 { return float64(ms) / 1000 }
