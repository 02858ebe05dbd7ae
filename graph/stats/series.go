package stats

import (
	"fmt"
	"time"

	"census-gateway/upstream/census"
)

// MaxBuckets is how many buckets a series may have.
const MaxBuckets = 1000

// A Bucket is the runs that were created from StartsAt, inclusive, to where the next
// one starts.
type Bucket struct {
	StartsAt census.DateTime
	Tally
}

// Series is the runs by hour, day or week of a time zone, oldest first: buckets
// without gap or overlap, empty ones included, from the one since is in to the
// one that holds the last moment of before. A since of 0 is the oldest run
// given, a before of 0 the newest; a range that is empty has no buckets.
//
// Whole buckets are answered: the first holds what was given of it before since,
// the last what was given of it from before on. Fold only runs of the range.
//
// It refuses a range of more than MaxBuckets, and one that begins before the
// quarter hours that are kept (see the package comment).
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
	keys := d.cells.sorted(max(starts[0], d.cells.edge()), starts[len(starts)-1]-1)
	for i := range buckets {
		b := &buckets[i]
		b.StartsAt = starts[i].start()
		for len(keys) > 0 && keys[0] < starts[i+1] {
			b.merge(d.cells.tallies[keys[0]], exactRuns)
			keys = keys[1:]
		}
	}
	return buckets, nil
}

// starts are where the buckets begin, and where the last one ends; none if there
// are no buckets.
func (d *Digest) starts(cal calendar, since, before census.DateTime) ([]quarter, error) {
	if since == 0 || before == 0 {
		oldest, newest, ok := d.cells.ends()
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
	if edge := d.cells.edge(); quarterOf(since) < edge {
		return nil, fmt.Errorf("a series of these runs can start at %s at the earliest, got %s: use a later createdSince", edge.start(), since)
	}
	from, to := quarterOf(since), quarterOf(before-1)
	starts := []quarter{cal.floor(from)}
	for end := starts[0]; end <= to; {
		if len(starts) > MaxBuckets {
			return nil, fmt.Errorf("a series has at most %d buckets, and the range from %s to %s has more by %s: use a larger bucket or a shorter range",
				MaxBuckets, since, before, cal.unit)
		}
		end = cal.next(end)
		starts = append(starts, end)
	}
	return starts, nil
}
