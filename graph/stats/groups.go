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
	keptGroups  = 200 // most frequent groups that outlast a trim
	exactGroups = 400 // more than these are trimmed
	keptCode    = 200 // bytes of an error code that tell it from another
)

// An ErrorGroup is runs that failed in the same way: with the same error code
// or, without one, with messages that differ in nothing but names and numbers.
type ErrorGroup struct {
	Key         string  // the same wherever the cause is the same; RestKey: too rare to be kept apart
	Code        *string // nil: the runs carry none, or were too rare to be kept apart
	Template    *string // what the latest run says, without what may be part of a record; nil: nothing, or too rare
	Count       int
	SyncCount   int             // syncs that the runs are of
	FirstSeenAt census.DateTime // when the oldest run was created
	LastSeenAt  census.DateTime // when the latest run was created
	LatestRun   *census.SyncRun // not to be changed
}

// Groups count errors. Up to exactGroups kinds the counts are exact and merging
// is a sum. Beyond, the rarest are put together as "other": a count is then the
// least there was, counts still add up to all errors, but which of the rare
// kinds are kept apart may depend on the order in which they came.
type groups struct {
	byKey   map[string]*group
	other   group
	scratch []byte
}

type group struct {
	key    string // "c" and the code, or "m" and the pattern
	n      int64
	first  census.DateTime
	latest *census.SyncRun
	syncs  []census.SyncID // in order
}

// RestKey is the key of the group of all that was too rare to be kept apart.
const RestKey = "rest"

// isErrorKey tells whether s may be the key of a group that is kept apart.
func isErrorKey(s string) bool {
	return len(s) == 16 && span(s, isHex) == len(s) && strings.ToLower(s) == s
}

// publicKey is what others are told of a key: nothing of the message can be read off it.
func publicKey[K string | []byte](key K) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}

// appendErrorKey appends the key of a run that failed, or that got through and says what it
// lacks; nothing for any other.
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

// add counts a run that failed, or that got through and says what it lacks.
func (g *groups) add(r *reading) {
	if g.scratch = appendErrorKey(g.scratch[:0], r.run, Outcomes[r.outcome]); len(g.scratch) == 0 {
		return
	}
	into := g.byKey[string(g.scratch)]
	if into == nil {
		into = g.create(string(g.scratch))
	}
	into.n++
	into.see(r.run.CreatedAt, r.run.SyncID)
	if newer(r.run, into.latest) {
		into.latest = r.run.Clone()
	}
	g.trim()
}

func (g *groups) create(key string) *group {
	if g.byKey == nil {
		g.byKey = map[string]*group{}
	}
	created := &group{key: key}
	g.byKey[key] = created
	return created
}

func (g *groups) merge(o *groups) {
	for key, theirs := range o.byKey {
		into := g.byKey[key]
		if into == nil {
			into = g.create(key)
		}
		into.absorb(theirs)
	}
	g.other.absorb(&o.other)
	g.trim()
}

func (g *group) absorb(o *group) {
	g.n += o.n
	for _, id := range o.syncs {
		g.see(o.first, id)
	}
	if newer(o.latest, g.latest) {
		g.latest = o.latest
	}
}

// see notes a sync that has a run of g, and when that was created.
func (g *group) see(at census.DateTime, id census.SyncID) {
	if len(g.syncs) == 0 || at < g.first {
		g.first = at
	}
	if i, found := slices.BinarySearch(g.syncs, id); !found {
		g.syncs = slices.Insert(g.syncs, i, id)
	}
}

func (g *groups) trim() {
	if len(g.byKey) <= exactGroups {
		return
	}
	for _, rare := range g.sorted()[keptGroups:] {
		delete(g.byKey, rare.key)
		g.other.absorb(rare)
	}
}

// sorted is most frequent first, then latest first.
func (g *groups) sorted() []*group {
	all := make([]*group, 0, len(g.byKey))
	for _, one := range g.byKey {
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.n, a.n), compare(b.latest, a.latest), cmp.Compare(a.key, b.key))
	})
	return all
}

// Errors lists the kinds of errors, the most frequent first and of equals the latest; at
// most first of them, 0 or less for all. The combined group of all others comes last, if
// there is one.
//
// A FAILED run always counts, a PARTIAL one if it has an error code or message,
// others never: Census leaves errors of the past on canceled runs (API
// reference, samples).
func (d *Digest) Errors(first int) []ErrorGroup {
	all := d.groups.sorted()
	list := make([]ErrorGroup, 0, len(all)+1)
	for _, g := range all {
		e := g.tell()
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
	if d.groups.other.n > 0 {
		list = append(list, d.groups.other.tell())
	}
	if first > 0 && first < len(list) {
		list = list[:first]
	}
	return list
}

func (g *group) tell() ErrorGroup {
	return ErrorGroup{Key: RestKey, Count: int(g.n), SyncCount: len(g.syncs), FirstSeenAt: g.first, LastSeenAt: g.latest.CreatedAt, LatestRun: g.latest}
}

func errorOf(r *census.SyncRun) (code, message string) {
	return text(r.ErrorCode), cmp.Or(text(r.ErrorMessage), text(r.ErrorDetail))
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}
