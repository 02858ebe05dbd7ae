package stats

import "slices"

const (
	// exactRuns is up to how many runs the quantiles of a Digest or a bucket are
	// exact.
	exactRuns = 1000
	// exactCellRuns is the same within one quarter hour.
	exactCellRuns = 64
)

// A DurationSummary is in seconds. Count, Min, Max and Mean are exact. A
// quantile is the smallest duration that at least that share of the runs did
// not exceed (nearest rank): exact in a Digest of up to 1,000 runs, and in a
// bucket of as many of which no quarter hour has more than 64; otherwise within
// 1 % of it. Durations above 34 years count as 34 years in quantiles.
type DurationSummary struct {
	Count         int
	Min, Max      float64
	Mean          float64
	P50, P95, P99 float64
}

// Durations are kept one by one as long as they are few, then as a sketch. Sums
// are of whole milliseconds, so that they come out the same in any order.
type durations struct {
	n, sum, min, max int64 // ms, but for n; min and max mean nothing while n is 0
	exact            []int64
	sketch           sketch // instead of exact, once n has passed the limit
}

// add takes a duration and its key in the sketch. The limit is the same in
// every call on one value.
func (d *durations) add(ms int64, key uint16, limit int) {
	d.extend(1, ms, ms, ms)
	if d.n <= int64(limit) {
		d.exact = append(d.exact, ms)
		return
	}
	d.blur()
	d.sketch.add(key, 1)
}

// merge adds those of o, whose own limit is not above the one given.
func (d *durations) merge(o *durations, limit int) {
	if o.n == 0 {
		return
	}
	d.extend(o.n, o.sum, o.min, o.max)
	if d.n <= int64(limit) && len(d.sketch) == 0 && len(o.sketch) == 0 {
		d.exact = append(d.exact, o.exact...)
		return
	}
	d.blur()
	d.sketch.merge(o.sketch)
	for _, ms := range o.exact {
		d.sketch.add(keyOf(ms), 1)
	}
}

func (d *durations) extend(n, sum, low, high int64) {
	if d.n == 0 || low < d.min {
		d.min = low
	}
	d.max = max(d.max, high)
	d.n += n
	d.sum = saturate(d.sum, sum)
}

// blur moves what was exact to the sketch.
func (d *durations) blur() {
	for _, ms := range d.exact {
		d.sketch.add(keyOf(ms), 1)
	}
	d.exact = nil
}

func (d *durations) summary() *DurationSummary {
	if d.n == 0 {
		return nil
	}
	s := &DurationSummary{
		Count: int(d.n),
		Min:   seconds(d.min),
		Max:   seconds(d.max),
		Mean:  float64(d.sum) / float64(d.n) / 1000,
	}
	s.Mean = min(max(s.Mean, s.Min), s.Max) // which rounding can take it out of
	quantile := func(percent int64) float64 {
		ms := d.sketch.at(rank(percent, d.n))
		return min(max(ms/1000, s.Min), s.Max)
	}
	if len(d.sketch) == 0 {
		sorted := slices.Sorted(slices.Values(d.exact))
		quantile = func(percent int64) float64 { return seconds(sorted[rank(percent, d.n)-1]) }
	}
	s.P50, s.P95, s.P99 = quantile(50), quantile(95), quantile(99)
	return s
}

// rank is the place of a quantile among n values in order, from 1.
func rank(percent, n int64) int64 {
	return n/100*percent + (n%100*percent+99)/100
}

// seconds rounds as time.Duration.Seconds does, so that the longest run of a
// summary took what the run says it took.
func seconds(ms int64) float64 { return float64(ms/1000) + float64(ms%1000)/1000 }
