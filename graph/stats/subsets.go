package stats

import "census-gateway/upstream/census"

const (
	exactSubset = 10_000 // runs up to which the quantiles of a Subset are exact
	keptTags    = 400    // more than these are told as one
)

// A Subset is some of the runs of a Digest. The zero Subset is that of no runs.
type Subset struct {
	Tally
	lastSuccess census.DateTime
}

// LastSuccessAt is Digest.LastSuccessAt of these runs.
func (s *Subset) LastSuccessAt() census.DateTime { return s.lastSuccess }

// Merge folds in the runs of other, which stays as it is and must not be s.
func (s *Subset) Merge(other *Subset) {
	s.Tally.merge(&other.Tally, exactSubset)
	s.lastSuccess = max(s.lastSuccess, other.lastSuccess)
}

// A Split says by what a Digest keeps its runs apart.
type Split struct{ ByTag, ByFull bool }

// A Kind is what the runs of a Subset have in common, as far as the Split says.
type Kind struct {
	Tag  string // of what started them; "" where Census does not say
	Rest bool   // instead of Tag: there were too many
	Full bool
}

// subsets are the runs of a Digest by their kinds; nil keeps none.
type subsets struct {
	split Split
	by    map[Kind]*Subset
}

// Keep has d, which has no runs yet, keep its runs apart. Merge leaves them where they are.
func (d *Digest) Keep(split Split) { d.subsets = &subsets{split, map[Kind]*Subset{}} }

// Subsets are the runs of d by their kinds; nil without Keep.
func (d *Digest) Subsets() map[Kind]*Subset {
	if d.subsets == nil {
		return nil
	}
	return d.subsets.by
}

func (s *subsets) add(r *reading, success bool) {
	kind := s.kindOf(r.run)
	into := s.by[kind]
	if into == nil && s.split.ByTag && len(s.by) >= keptTags {
		kind = Kind{Rest: true, Full: kind.Full}
		into = s.by[kind]
	}
	if into == nil {
		into = new(Subset)
		s.by[kind] = into
	}
	into.Tally.add(r, exactSubset)
	if success {
		into.lastSuccess = max(into.lastSuccess, r.run.CompletedAt)
	}
}

func (s *subsets) kindOf(run *census.SyncRun) (k Kind) {
	k.Full = s.split.ByFull && run.FullSync
	if t := run.SyncTriggerReason; s.split.ByTag && t != nil {
		k.Tag = text(t.UITag)
	}
	return k
}
