package stats

import "census-gateway/upstream/census"

const (
	exactSubset = 10_000 // runs up to which the quantiles of a Subset are exact
	keptTags    = 400    // number of subsets above which further tags are combined
)

// A Subset is the part of a Digest's runs with one Kind. The zero Subset has no runs.
type Subset struct {
	Tally
	lastSuccess census.DateTime
}

// LastSuccessAt is like Digest.LastSuccessAt, for these runs.
func (s *Subset) LastSuccessAt() census.DateTime { return s.lastSuccess }

// Merge adds the runs of other. It does not change other, which must not be s.
func (s *Subset) Merge(other *Subset) {
	s.Tally.merge(&other.Tally, exactSubset)
	s.lastSuccess = max(s.lastSuccess, other.lastSuccess)
}

// A Split says how a Digest separates its runs.
type Split struct{ ByTag, ByFull bool }

// A Kind is the common property of the runs in a Subset, as far as the Split separates them.
type Kind struct {
	Tag  string // trigger tag; "" if Census sends none
	Rest bool   // combines the tags beyond keptTags, instead of Tag
	Full bool
}

// subsets holds the runs of a Digest by kind. Nil keeps none.
type subsets struct {
	split  Split
	byKind map[Kind]*Subset
}

func (s *subsets) add(r *runValues, success bool) {
	kind := s.kindOf(r.run)
	into := s.byKind[kind]
	if into == nil && s.split.ByTag && len(s.byKind) >= keptTags {
		kind = Kind{Rest: true, Full: kind.Full}
		into = s.byKind[kind]
	}
	if into == nil {
		into = new(Subset)
		s.byKind[kind] = into
	}
	into.Tally.add(r, exactSubset)
	if success {
		into.lastSuccess = max(into.lastSuccess, r.run.CompletedAt)
	}
}

func (s *subsets) kindOf(run *census.SyncRun) (k Kind) {
	k.Full = s.split.ByFull && run.FullSync
	if t := run.SyncTriggerReason; s.split.ByTag && t != nil {
		k.Tag = trimmedText(t.UITag)
	}
	return k
}
