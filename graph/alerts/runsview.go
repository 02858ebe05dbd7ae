package alerts

import (
	"fmt"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// A runsView holds the data of a sync that the rules need.
type runsView struct {
	sync  *census.Sync
	runs  []*census.SyncRun // in progress, succeeded, partial and failed, newest first; no dry runs
	total int               // number of runs of any kind
	more  bool              // older runs exist
	now   census.DateTime
}

func newRunsView(sync *census.Sync, runs []census.SyncRun, more bool, now time.Time) *runsView {
	v := &runsView{sync: sync, more: more, now: census.DateTime(now.UnixMilli())}
	if len(sync.Alerts) == 0 {
		return v
	}
	_, runs, _ = health.WithoutFutureTimes(sync, runs, v.now)
	v.total = len(runs)
	for i := range runs {
		if r := &runs[i]; !r.DryRun() && (finished(r) || r.Outcome() == census.OutcomeInProgress) {
			v.runs = append(v.runs, r)
		}
	}
	return v
}

// finished reports whether a run succeeded, wholly or partly, or failed.
func finished(r *census.SyncRun) bool { return succeeded(r) || r.Outcome() == census.OutcomeFailed }

func succeeded(r *census.SyncRun) bool {
	o := r.Outcome()
	return o == census.OutcomeSucceeded || o == census.OutcomePartial
}

// A verdict is the result of a rule for one run.
type verdict int

const (
	notApplicable verdict = iota // the rule does not apply; the run is skipped
	passes
	fires
	undecided // it cannot be decided
)

// A finding is the result of a rule for one run, with its details.
type finding struct {
	verdict verdict
	at      census.DateTime // when the alert began to fire, or was known not to
	value   *float64
	message func() string // returns one sentence
	run     *census.SyncRun
}

// combine completes an alert with the results of its rule for all runs.
func (v *runsView) combine(a Alert, evaluate func(i int) finding) Alert {
	var all []finding
	streak, open := 0, true // the number of newest runs that fire
	for i, r := range v.runs {
		f := evaluate(i)
		if f.verdict == notApplicable {
			continue
		}
		f.run = r
		all = append(all, f)
		if open = open && f.verdict == fires; open {
			streak++
		}
	}
	if len(all) == 0 {
		if v.more {
			a.State, a.Message = Unknown, fmt.Sprintf("The rule applies to none of the last %d runs.", v.total)
		}
		return a
	}
	switch newest := all[0]; newest.verdict {
	case fires:
		a.State = Firing
		a.apply(newest)
		if streak < len(all) && all[streak].verdict == passes || streak == len(all) && !v.more {
			a.Since = all[streak-1].at
		}
		if a.Rule == FailedRun && streak > 1 {
			a.Message = fmt.Sprintf("The last %d finished runs failed%s.", streak, code(newest.run))
		}
	case undecided:
		a.State = Unknown
		a.apply(newest)
	default:
		for i := range all {
			if all[i].verdict != fires {
				continue
			}
			for i--; all[i].verdict == undecided; i-- {
			}
			a.State, a.Since = Resolved, all[i].at
			a.apply(all[i])
			break
		}
	}
	return a
}

func (a *Alert) apply(f finding) { a.Message, a.Value, a.Run = f.message(), f.value, f.run }
