package alerts

import (
	"fmt"
	"math"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// Rules on one run, by its place among the runs of the view.

// said are words that are made if they are told.
func said(format string, args ...any) func() string {
	return func() string { return fmt.Sprintf(format, args...) }
}

func (v *view) failedRun(i int) finding {
	r := v.runs[i]
	switch {
	case !finished(r):
		return finding{}
	case succeeded(r):
		return finding{says: clear, at: ended(r), words: said("The run did not fail.")}
	}
	return finding{says: fires, at: ended(r), words: said("The last finished run failed%s.", code(r))}
}

// failedRecords passes over failed runs that lost no record: they say nothing about records.
func (v *view) failedRecords(i int, percent float64) finding {
	r := v.runs[i]
	share := health.LostShare(r)
	if !finished(r) || !succeeded(r) && share == 0 {
		return finding{}
	}
	value := share * 100
	f := finding{says: clear, at: ended(r), value: &value, words: said("%.1f %% of the run's records were rejected or invalid; the alert allows %g %%.", value, percent)}
	if share > percent/100 {
		f.says = fires
	}
	return f
}

// fullSync says nothing of the first run, which is always full.
func (v *view) fullSync(i int) finding {
	r := v.runs[i]
	switch first := i == len(v.runs)-1 && !v.more; {
	case first:
		return finding{}
	case r.FullSync:
		return finding{says: fires, at: r.CreatedAt, words: said("The run is a full sync.")}
	case !finished(r):
		return finding{}
	}
	return finding{says: clear, at: ended(r), words: said("The run was not a full sync.")}
}

// runtime says something of a run in progress as soon as that takes too long.
func (v *view) runtime(i int, limit time.Duration, scheduled bool) finding {
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
	f := finding{value: &value, words: func() string {
		return fmt.Sprintf("The run %s %s since %s; the alert allows %s.", verb, round(took), from, round(limit))
	}}
	switch {
	case took > limit:
		f.says, f.at = fires, start+census.DateTime(limit.Milliseconds())
	case finished(r):
		f.says, f.at = clear, end
	}
	return f
}

// fewRuns is how many runs there must be to compare with, unless the setting names fewer.
const fewRuns = 3

// recordCount compares a run with those before it that succeeded, as many as there are of those
// that the setting names.
func (v *view) recordCount(i int, d deviation) finding {
	count, known := v.countOf(i, d)
	if !known {
		return finding{}
	}
	sum, n := 0.0, 0
	for j := i + 1; j < len(v.runs) && n < d.past; j++ {
		if past, known := v.countOf(j, d); known {
			sum += past
			n++
		}
	}
	at := ended(v.runs[i])
	if n < min(fewRuns, d.past) {
		return finding{says: unclear, at: at, words: said("There are too few runs to compare the run with (%d).", n)}
	}
	mean := sum / float64(n)
	f := finding{says: clear, at: at}
	switch {
	case mean > 0:
		value := math.Abs(count-mean) / mean * 100
		f.value = &value
		f.words = said("%s of the run deviates by %.1f %% from the mean of the %d runs before; the alert allows %g %%.", d.name, value, n, d.percent)
		if value > d.percent {
			f.says = fires
		}
	case count > 0:
		f.says, f.words = fires, said("%s of the run is not 0, as it was in the %d runs before.", d.name, n)
	default:
		f.value, f.words = new(float64), said("%s of the run is 0, as in the %d runs before.", d.name, n)
	}
	return f
}

func (v *view) countOf(i int, d deviation) (count float64, known bool) {
	c := d.count(v.runs[i])
	return float64(max(c.N, 0)), c.Known && succeeded(v.runs[i])
}

// ended is when a finished run ended, or was queued if that is all that is told.
func ended(r *census.SyncRun) census.DateTime {
	if r.CompletedAt != 0 {
		return r.CompletedAt
	}
	return r.CreatedAt
}

// code is the run's error code in brackets. Messages are left out: they may hold data.
func code(r *census.SyncRun) string {
	if r.ErrorCode == nil || *r.ErrorCode == "" {
		return ""
	}
	return fmt.Sprintf(" (%.60s)", *r.ErrorCode)
}

// round says a duration to the second.
func round(d time.Duration) string { return d.Round(time.Second).String() }
