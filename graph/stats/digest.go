package stats

import (
	"time"

	"census-gateway/upstream/census"
)

// A Digest sums up the runs it was given. The zero Digest is that of no runs and
// ready for use. Readers may be called by many at a time, and a Digest may be
// merged into several others meanwhile; Add and Merge want it for themselves.
type Digest struct {
	Tally
	// Until is the end of the times that can be true: a completion after it tells
	// nothing of the last success. 0 is no end.
	Until       census.DateTime
	lastSuccess census.DateTime
	cells       cells
	groups      groups
	subsets     *subsets // nil: they are not kept
}

// A Scale is by what runs are told over time.
type Scale struct {
	Unit Unit
	Zone *time.Location
}

// NewDigest makes a Digest that tells Series by the given scales only. Most of a
// Digest is for its Series: it takes little memory for one scale, and hardly any
// for none. Only such of the same scales may be merged.
func NewDigest(scales []Scale) *Digest {
	d := new(Digest)
	switch len(scales) {
	case 0:
		d.cells.none = true
	case 1:
		d.cells.only = &calendar{scales[0].Unit, scales[0].Zone}
	}
	return d
}

// Add folds one run in. The run is not kept; that its strings may be part of a
// larger text is no matter. In a Digest that has seen the like it does not
// allocate.
func (d *Digest) Add(run *census.SyncRun) {
	r := read(run)
	d.Tally.add(&r, exactRuns)
	d.cells.add(&r)
	d.groups.add(&r)
	possible := d.Until == 0 || run.CompletedAt <= d.Until
	success := possible && !r.dry && (r.outcome == succeeded || r.outcome == partial)
	if success {
		d.lastSuccess = max(d.lastSuccess, run.CompletedAt)
	}
	if d.subsets != nil {
		d.subsets.add(&r, success)
	}
}

// Merge folds in all that other was given. Other stays as it is and is not
// referred to afterwards; it must not be d.
func (d *Digest) Merge(other *Digest) {
	d.Tally.merge(&other.Tally, exactRuns)
	d.cells.merge(&other.cells)
	d.groups.merge(&other.groups)
	d.lastSuccess = max(d.lastSuccess, other.lastSuccess)
}

// LastSuccessAt is when the newest success was completed: of the SUCCEEDED and
// PARTIAL runs, without dry runs, the latest completion. It is 0 if there was
// none up to Until among the runs given, which says nothing about runs before them.
func (d *Digest) LastSuccessAt() census.DateTime { return d.lastSuccess }
