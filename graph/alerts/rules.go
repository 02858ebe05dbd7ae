package alerts

import (
	"fmt"
	"math"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// The functions below evaluate a rule for the run at index i of the view.

// formatter returns a function that formats the message when it is needed.
func formatter(format string, args ...any) func() string {
	return func() string { return fmt.Sprintf(format, args...) }
}

func (v *runsView) failedRun(i int) finding {
	r := v.runs[i]
	switch {
	case !finished(r):
		return finding{}
	case succeeded(r):
		return finding{verdict: passes, at: ended(r), message: formatter("The run did not fail.")}
	}
	return finding{verdict: fires, at: ended(r), message: formatter("The last finished run failed%s.", code(r))}
}

// failedRecords does not apply to failed runs without rejected or invalid records: they say nothing
// about records.
func (v *runsView) failedRecords(i int, percent float64) finding {
	r := v.runs[i]
	share := health.LostShare(r)
	if !finished(r) || !succeeded(r) && share == 0 {
		return finding{}
	}
	value := share * 100
	f := finding{verdict: passes, at: ended(r), value: &value, message: formatter("%.1f %% of the run's records were rejected or invalid; the alert allows %g %%.", value, percent)}
	if share > percent/100 {
		f.verdict = fires
	}
	return f
}

// fullSync does not apply to the first run of a sync, which is always full.
func (v *runsView) fullSync(i int) finding {
	r := v.runs[i]
	switch first := i == len(v.runs)-1 && !v.more; {
	case first:
		return finding{}
	case r.FullSync:
		return finding{verdict: fires, at: r.CreatedAt, message: formatter("The run is a full sync.")}
	case !finished(r):
		return finding{}
	}
	return finding{verdict: passes, at: ended(r), message: formatter("The run was not a full sync.")}
}

// runtime fires for a run in progress as soon as it takes too long.
func (v *runsView) runtime(i int, limit time.Duration, scheduled bool) finding {
	r := v.runs[i]
	start, from := r.CreatedAt, "its creation"
	if scheduled && r.ScheduledExecutionTime != 0 {
		start, from = r.ScheduledExecutionTime, "its scheduled time"
	}
	end, verb := r.CompletedAt, "took"
	if !finished(r) {
		end, verb = v.now, "has taken"
	}
	if end < start {
		return finding{}
	}
	took := end.Sub(start)
	value := took.Seconds()
	f := finding{value: &value, message: func() string {
		return fmt.Sprintf("The run %s %s since %s; the alert allows %s.", verb, roundToSecond(took), from, roundToSecond(limit))
	}}
	switch {
	case took > limit:
		f.verdict, f.at = fires, start+census.DateTime(limit.Milliseconds())
	case finished(r):
		f.verdict, f.at = passes, end
	}
	return f
}

// minPastRuns is the minimum number of runs for a comparison, unless the setting asks for fewer.
const minPastRuns = 3

// recordCount compares a run with the successful runs before it: at most as many as the setting
// names.
func (v *runsView) recordCount(i int, d deviation) finding {
	count, known := v.countOf(i, d)
	if !known {
		return finding{}
	}
	sum, n := 0.0, 0
	for j := i + 1; j < len(v.runs) && n < d.pastRuns; j++ {
		if past, known := v.countOf(j, d); known {
			sum += past
			n++
		}
	}
	at := ended(v.runs[i])
	if n < min(minPastRuns, d.pastRuns) {
		return finding{verdict: undecided, at: at, message: formatter("There are too few earlier runs to compare with (%d).", n)}
	}
	mean := sum / float64(n)
	f := finding{verdict: passes, at: at}
	switch {
	case mean > 0:
		value := math.Abs(count-mean) / mean * 100
		f.value = &value
		f.message = formatter("%s of the run deviates by %.1f %% from the mean of the %d runs before; the alert allows %g %%.", d.name, value, n, d.percent)
		if value > d.percent {
			f.verdict = fires
		}
	case count > 0:
		f.verdict, f.message = fires, formatter("%s of the run is not 0, as it was in the %d runs before.", d.name, n)
	default:
		f.value, f.message = new(float64), formatter("%s of the run is 0, as in the %d runs before.", d.name, n)
	}
	return f
}

func (v *runsView) countOf(i int, d deviation) (count float64, known bool) {
	c := d.count(v.runs[i])
	return float64(max(c.N, 0)), c.Known && succeeded(v.runs[i])
}

// ended returns when a finished run ended; its creation if Census does not send the end.
func ended(r *census.SyncRun) census.DateTime {
	if r.CompletedAt != 0 {
		return r.CompletedAt
	}
	return r.CreatedAt
}

// code returns the run's error code in parentheses. It leaves out the message, which may contain
// data.
func code(r *census.SyncRun) string {
	if r.ErrorCode == nil || *r.ErrorCode == "" {
		return ""
	}
	return fmt.Sprintf(" (%.60s)", *r.ErrorCode)
}

// roundToSecond formats a duration, rounded to the second.
func roundToSecond(d time.Duration) string { return d.Round(time.Second).String() }
