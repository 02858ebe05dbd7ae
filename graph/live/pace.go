package live

import (
	"slices"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// How often a sync is read.
const (
	sweep   = 15 * time.Minute // when nothing is due
	named   = time.Minute      // the same, if a follower names it
	pursuit = 10 * time.Second // when an execution is due and has not begun, or a run is about to end
	far     = time.Minute      // at most, while a run works that takes long as a rule
	endless = 30 * time.Second // a continuous sync, which is due or works at any time
	longest = 6 * time.Hour    // a run that works for longer is left to the sweep

	// mostNamed is how many syncs a follower may name for them to be read as such.
	mostNamed = 20

	apart = 2 * time.Second // at least between reads of a sync that is reported to change all the time
)

// SoonAgain is how long after a hint to look a second time: it may be ahead of Census's lists.
const SoonAgain = 8 * time.Second

// plan sets when to read y next.
func (y *watched) plan(now time.Time, isNamed bool) {
	wait := sweep
	if isNamed {
		wait = named
	}
	y.next, y.urgent = now.Add(wait), false
	defer func() { y.next = y.next.Add(lag(y.theirs)) }()
	if y.failed > 0 { // it is not asked again at once, whatever is due
		y.next = now.Add(min(pursuit<<min(y.failed-1, 6), wait))
		return
	}
	soon := func(t time.Time) {
		if t.Before(y.next) {
			y.next, y.urgent = t, true
		}
	}
	if now.Before(y.again) {
		soon(y.again)
	}
	if f := y.record.Schedule.Frequency; f != nil && *f == "continuous" && !y.record.Paused {
		soon(now.Add(endless))
		return
	}
	if run := y.working(); run != nil {
		if age := now.Sub(run.CreatedAt.Time()); age < longest {
			soon(now.Add(min(max((y.usual(run.FullSync)-age)/4, pursuit), far)))
		}
	}
	due, grace, ok := health.Due(y.record, y.newestFirst(), now)
	switch {
	case !ok:
	case now.Before(due):
		soon(due)
	case now.Before(due.Add(grace)):
		soon(now.Add(pursuit))
	}
}

// usual is how long its finished runs of a kind took, the shortest of the newest three; 0
// with fewer.
func (y *watched) usual(full bool) time.Duration {
	var took []time.Duration
	for i := len(y.runs) - 1; i >= 0 && len(took) < 3; i-- {
		if r := &y.runs[i]; r.FullSync == full && r.CompletedAt > r.CreatedAt {
			took = append(took, r.CompletedAt.Sub(r.CreatedAt))
		}
	}
	if len(took) < 3 {
		return 0
	}
	return slices.Min(took)
}

// before tells whether y is to be read before z. Where the budget does not suffice for all, the
// sweep waits for what is urgent, and that for what was woken, though no longer than a sweep each.
func (y *watched) before(z *watched) bool {
	return y.turn().Before(z.turn())
}

func (y *watched) turn() time.Time {
	switch {
	case !y.woken.IsZero():
		return y.woken.Add(-2 * sweep)
	case y.urgent:
		return y.next.Add(-sweep)
	}
	return y.next
}

// wake notes that something reports a change of y.
func (y *watched) wake(now time.Time) {
	if y.woken.IsZero() {
		y.woken = now
	}
}

// at is when to read y: as planned, or sooner if something reports a change.
func (y *watched) at() time.Time {
	if !y.told.IsZero() {
		return y.told
	}
	if soon := later(y.woken, y.began.Add(apart)); !y.woken.IsZero() && soon.Before(y.next) {
		return soon
	}
	return y.next
}

// moved tells whether the sync was changed in a way that its runs may show, or that
// moves when it is due.
func moved(a, b *census.Sync) bool {
	return a.Status != b.Status || a.Paused != b.Paused || a.UpdatedAt != b.UpdatedAt
}
