package stats

import (
	"fmt"
	"time"

	"census-gateway/upstream/census"
)

// MaxBuckets is the maximum number of buckets in a series.
const MaxBuckets = 1000

// A Bucket summarizes the runs created from StartsAt, inclusive, to the start of the next bucket.
type Bucket struct {
	StartsAt census.DateTime
	Tally
}

// Series returns the runs by buckets of a unit in a time zone, oldest first. The buckets have no
// gaps or overlaps, and include empty ones. The first contains since, the last contains the last
// moment of before. A since of 0 means the oldest run, a before of 0 the newest. An empty range
// has no buckets.
//
// Buckets are not cut at the ends of the range. The first includes the added runs before since,
// the last those from before on. So add only the runs of the range.
//
// Series returns an error if the range has more than MaxBuckets, or begins before the kept
// quarter hours (see the package comment).
func (d *Digest) Series(unit Unit, zone *time.Location, since, before census.DateTime) ([]Bucket, error) {
	cal, err := newCalendar(unit, zone)
	if err != nil {
		return nil, err
	}
	starts, err := d.starts(cal, since, before)
	if err != nil || len(starts) == 0 {
		return nil, err
	}
	buckets := make([]Bucket, len(starts)-1)
	keys := d.quarters.sorted(max(starts[0], d.quarters.oldestKept()), starts[len(starts)-1]-1)
	for i := range buckets {
		b := &buckets[i]
		b.StartsAt = starts[i].start()
		for len(keys) > 0 && keys[0] < starts[i+1] {
			b.merge(d.quarters.tallies[keys[0]], exactRuns)
			keys = keys[1:]
		}
	}
	return buckets, nil
}

// starts returns the starts of the buckets and the end of the last one; nil if there are no
// buckets.
func (d *Digest) starts(cal calendar, since, before census.DateTime) ([]quarter, error) {
	if since == 0 || before == 0 {
		oldest, newest, ok := d.quarters.keptRange()
		if !ok {
			return nil, nil
		}
		if since == 0 {
			since = oldest.start()
		}
		if before == 0 {
			before = (newest + 1).start()
		}
	}
	if since >= before {
		return nil, nil
	}
	if edge := d.quarters.oldestKept(); quarterOf(since) < edge {
		return nil, fmt.Errorf("a series of these runs can start at %s at the earliest, got %s: use a later createdSince", edge.start(), since)
	}
	from, to := quarterOf(since), quarterOf(before-1)
	starts := []quarter{cal.unitStart(from)}
	for end := starts[0]; end <= to; {
		if len(starts) > MaxBuckets {
			return nil, fmt.Errorf("a series has at most %d buckets, and the range from %s to %s has more by %s: use a larger bucket or a shorter range",
				MaxBuckets, since, before, cal.unit)
		}
		end = cal.nextUnit(end)
		starts = append(starts, end)
	}
	return starts, nil
}
