package alerts

import (
	"fmt"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// A view is the data of a sync that the rules need.
type view struct {
	sync *census.Sync
	runs []*census.SyncRun // in progress, succeeded, partial and failed, the newest first; no dry runs
	seen int               // runs of any kind
	more bool              // there are older runs
	now  census.DateTime
}

func look(sync *census.Sync, runs []census.SyncRun, more bool, now time.Time) *view {
	v := &view{sync: sync, more: more, now: census.DateTime(now.UnixMilli())}
	if len(sync.Alerts) == 0 {
		return v
	}
	_, runs, _ = health.Timely(sync, runs, v.now)
	v.seen = len(runs)
	for i := range runs {
		if r := &runs[i]; !r.DryRun() && (finished(r) || r.Outcome() == census.OutcomeInProgress) {
			v.runs = append(v.runs, r)
		}
	}
	return v
}

// finished tells whether a run succeeded, wholly or partly, or failed.
func finished(r *census.SyncRun) bool { return succeeded(r) || r.Outcome() == census.OutcomeFailed }

func succeeded(r *census.SyncRun) bool {
	o := r.Outcome()
	return o == census.OutcomeSucceeded || o == census.OutcomePartial
}

// A says is what a rule says of a run.
type says int

const (
	nothing says = iota // it is passed over
	clear
	fires
	unclear // it cannot be judged
)

// A finding is what a rule says of one run.
type finding struct {
	says  says
	at    census.DateTime // when it fired, or was known to be clear
	value *float64
	words func() string // a sentence
	run   *census.SyncRun
}

// settle makes an alert of what its rule says of each of the runs.
func (v *view) settle(a Alert, judge func(i int) finding) Alert {
	var all []finding
	streak, open := 0, true // of the newest that fire
	for i, r := range v.runs {
		f := judge(i)
		if f.says == nothing {
			continue
		}
		f.run = r
		all = append(all, f)
		if open = open && f.says == fires; open {
			streak++
		}
	}
	if len(all) == 0 {
		if v.more {
			a.State, a.Message = Unknown, fmt.Sprintf("None of the last %d runs tells whether it fires.", v.seen)
		}
		return a
	}
	switch newest := all[0]; newest.says {
	case fires:
		a.State = Firing
		a.tell(newest)
		if streak < len(all) && all[streak].says == clear || streak == len(all) && !v.more {
			a.Since = all[streak-1].at
		}
		if a.Rule == FailedRun && streak > 1 {
			a.Message = fmt.Sprintf("The last %d finished runs failed%s.", streak, code(newest.run))
		}
	case unclear:
		a.State = Unknown
		a.tell(newest)
	default:
		for i := range all {
			if all[i].says != fires {
				continue
			}
			for i--; all[i].says == unclear; i-- {
			}
			a.State, a.Since = Resolved, all[i].at
			a.tell(all[i])
			break
		}
	}
	return a
}

func (a *Alert) tell(f finding) { a.Message, a.Value, a.Run = f.words(), f.value, f.run }
