package stats

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"census-gateway/upstream/census"
)

const (
	keptGroups  = 200 // most frequent groups that a trim keeps
	exactGroups = 400 // number of groups above which they are trimmed
	keptCode    = 200 // bytes of an error code that are compared
)

// An ErrorGroup is a group of runs that failed in the same way. They have the same error code or,
// without a code, messages that differ only in names and numbers.
type ErrorGroup struct {
	Key  string  // the same for the same cause; RestKey for the group of rare errors
	Code *string // nil if the runs have no code, and for the group of rare errors
	// Template is the latest run's message without possible data of records. It is nil if the run
	// has no message, and for the group of rare errors.
	Template    *string
	Count       int
	SyncCount   int             // number of syncs with a run in the group
	FirstSeenAt census.DateTime // when the oldest run was created
	LastSeenAt  census.DateTime // when the latest run was created
	LatestRun   *census.SyncRun // must not be modified
}

// errorCounts count errors by kind. Up to exactGroups kinds, the counts are exact, and merging adds
// them. Beyond that, the rarest are combined as "other". A count is then a lower bound, and the
// counts still add up to all errors. The order of the runs may decide which rare kinds stay
// separate.
type errorCounts struct {
	byKey   map[string]*errorCount
	rare    errorCount
	scratch []byte
}

type errorCount struct {
	key    string // "c" and the code, or "m" and the pattern
	n      int64
	first  census.DateTime
	latest *census.SyncRun
	syncs  []census.SyncID // in order
}

// RestKey is the key of the group that combines rare errors.
const RestKey = "rest"

// isErrorKey reports whether s can be the key of a group other than the combined one.
func isErrorKey(s string) bool {
	return len(s) == 16 && prefixLength(s, isHex) == len(s) && strings.ToLower(s) == s
}

// publicKey returns the public form of a key. It is a hash, so it reveals nothing of the message.
func publicKey[K string | []byte](key K) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}

// appendErrorKey appends the key of a FAILED run, or of a PARTIAL run with an error code or
// message. It appends nothing for other runs.
func appendErrorKey(b []byte, run *census.SyncRun, outcome census.SyncRunOutcome) []byte {
	if outcome != census.OutcomeFailed && outcome != census.OutcomePartial {
		return b
	}
	code, message := errorOf(run)
	switch {
	case code != "":
		return append(append(b, 'c'), code[:min(len(code), keptCode)]...)
	case message == "" && outcome == census.OutcomePartial:
		return b
	}
	return appendPattern(append(b, 'm'), message)
}

// add counts a FAILED run, or a PARTIAL run with an error code or message.
func (g *errorCounts) add(r *runValues) {
	if g.scratch = appendErrorKey(g.scratch[:0], r.run, Outcomes[r.outcome]); len(g.scratch) == 0 {
		return
	}
	into := g.byKey[string(g.scratch)]
	if into == nil {
		into = g.newGroup(string(g.scratch))
	}
	into.n++
	into.record(r.run.CreatedAt, r.run.SyncID)
	if newer(r.run, into.latest) {
		into.latest = r.run.Clone()
	}
	g.trimRare()
}

func (g *errorCounts) newGroup(key string) *errorCount {
	if g.byKey == nil {
		g.byKey = map[string]*errorCount{}
	}
	created := &errorCount{key: key}
	g.byKey[key] = created
	return created
}

func (g *errorCounts) merge(o *errorCounts) {
	for key, theirs := range o.byKey {
		into := g.byKey[key]
		if into == nil {
			into = g.newGroup(key)
		}
		into.merge(theirs)
	}
	g.rare.merge(&o.rare)
	g.trimRare()
}

func (g *errorCount) merge(o *errorCount) {
	g.n += o.n
	for _, id := range o.syncs {
		g.record(o.first, id)
	}
	if newer(o.latest, g.latest) {
		g.latest = o.latest
	}
}

// record records the sync of a run in g, and the run's creation.
func (g *errorCount) record(at census.DateTime, id census.SyncID) {
	if len(g.syncs) == 0 || at < g.first {
		g.first = at
	}
	if i, found := slices.BinarySearch(g.syncs, id); !found {
		g.syncs = slices.Insert(g.syncs, i, id)
	}
}

func (g *errorCounts) trimRare() {
	if len(g.byKey) <= exactGroups {
		return
	}
	for _, rare := range g.sorted()[keptGroups:] {
		delete(g.byKey, rare.key)
		g.rare.merge(rare)
	}
}

// sorted returns the groups, the most frequent first, then the latest first.
func (g *errorCounts) sorted() []*errorCount {
	all := make([]*errorCount, 0, len(g.byKey))
	for _, one := range g.byKey {
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b *errorCount) int {
		return cmp.Or(cmp.Compare(b.n, a.n), compareRuns(b.latest, a.latest), cmp.Compare(a.key, b.key))
	})
	return all
}

func (g *errorCount) toErrorGroup() ErrorGroup {
	return ErrorGroup{Key: RestKey, Count: int(g.n), SyncCount: len(g.syncs), FirstSeenAt: g.first, LastSeenAt: g.latest.CreatedAt, LatestRun: g.latest}
}

func errorOf(r *census.SyncRun) (code, message string) {
	return trimmedText(r.ErrorCode), cmp.Or(trimmedText(r.ErrorMessage), trimmedText(r.ErrorDetail))
}

func trimmedText(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}
