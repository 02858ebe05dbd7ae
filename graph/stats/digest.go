package stats

import (
	"time"

	"census-gateway/upstream/census"
)

// A Digest summarizes runs. The zero Digest has no runs and is ready to use. Concurrent calls of
// its readers are safe, also while it is merged into other Digests. Add and Merge need exclusive
// use of it.
type Digest struct {
	Tally
	// Until is the latest plausible completion. A run with a later one is not a last success. 0
	// means no limit.
	Until       census.DateTime
	lastSuccess census.DateTime
	quarters    quarterTallies
	errors      errorCounts
	subsets     *subsets // nil: KeepSubsets was not called
}

// A Scale is the bucket length and the time zone of a Series.
type Scale struct {
	Unit Unit
	Zone *time.Location
}

// NewDigest returns a Digest that computes Series for the given scales only. Most memory of a
// Digest is for its Series: one scale needs little, and no scale hardly any. It can be merged
// only with Digests of the same scales.
func NewDigest(scales []Scale) *Digest {
	d := new(Digest)
	switch len(scales) {
	case 0:
		d.quarters.off = true
	case 1:
		d.quarters.units = &calendar{scales[0].Unit, scales[0].Zone}
	}
	return d
}

// Add adds one run. It does not retain the run, whose strings may be part of a larger text. It
// does not allocate if the Digest has seen similar runs.
func (d *Digest) Add(run *census.SyncRun) {
	r := valuesOf(run)
	d.Tally.add(&r, exactRuns)
	d.quarters.add(&r)
	d.errors.add(&r)
	possible := d.Until == 0 || run.CompletedAt <= d.Until
	success := possible && !r.dry && (r.outcome == succeeded || r.outcome == partial)
	if success {
		d.lastSuccess = max(d.lastSuccess, run.CompletedAt)
	}
	if d.subsets != nil {
		d.subsets.add(&r, success)
	}
}

// Merge adds all runs of other. It does not change or retain other, which must not be d.
func (d *Digest) Merge(other *Digest) {
	d.Tally.merge(&other.Tally, exactRuns)
	d.quarters.merge(&other.quarters)
	d.errors.merge(&other.errors)
	d.lastSuccess = max(d.lastSuccess, other.lastSuccess)
}

// LastSuccessAt returns the latest completion of the SUCCEEDED and PARTIAL runs, without dry runs
// and completions after Until. It returns 0 if no such run was added; earlier runs may have
// succeeded.
func (d *Digest) LastSuccessAt() census.DateTime { return d.lastSuccess }

// Errors returns the error groups, the most frequent first and, among equals, the latest first.
// It returns at most first groups, or all if first is 0 or less. The combined group of rare
// errors comes last, if there is one.
//
// A FAILED run always counts. A PARTIAL run counts if it has an error code or message. Others
// never count: Census leaves old errors on canceled runs (API reference, samples).
func (d *Digest) Errors(first int) []ErrorGroup {
	all := d.errors.sorted()
	list := make([]ErrorGroup, 0, len(all)+1)
	for _, g := range all {
		e := g.toErrorGroup()
		e.Key = publicKey(g.key)
		if g.key[0] == 'c' {
			e.Code = e.LatestRun.ErrorCode
		}
		if _, message := errorOf(e.LatestRun); message != "" {
			t := template(string(appendPattern(nil, message)))
			e.Template = &t
		}
		list = append(list, e)
	}
	if d.errors.rare.n > 0 {
		list = append(list, d.errors.rare.toErrorGroup())
	}
	if first > 0 && first < len(list) {
		list = list[:first]
	}
	return list
}

// KeepSubsets makes d, which must have no runs yet, also keep its runs by kind. Merge ignores the
// subsets of both Digests.
func (d *Digest) KeepSubsets(split Split) { d.subsets = &subsets{split, map[Kind]*Subset{}} }

// Subsets returns the runs of d by kind; nil if KeepSubsets was not called.
func (d *Digest) Subsets() map[Kind]*Subset {
	if d.subsets == nil {
		return nil
	}
	return d.subsets.byKind
}
