package health

import (
	"fmt"

	"census-gateway/upstream/census"
)

// Rules about the outcomes of runs.

func failing(v *facts) (finding, bool) {
	all := v.failuresInRow == len(v.finished) && !v.more
	if v.failuresInRow == 0 || v.failuresInRow < minFailures && !all {
		return finding{}, false
	}
	f := finding{}
	if v.startKnown(v.failuresInRow) {
		f.since = v.finished[v.failuresInRow-1].CreatedAt
	}
	runs := fmt.Sprintf("last %d finished runs", v.failuresInRow)
	if v.failuresInRow == 1 {
		runs = "only finished run"
	}
	f.reason = fmt.Sprintf("The %s failed%s; %s.", runs, codeText(v.finished[0]), v.lastSuccessText())
	return f, true
}

func failedOnce(v *facts) (finding, bool) {
	if v.failuresInRow == 0 {
		return finding{}, false
	}
	last := v.finished[0]
	return finding{last.CreatedAt, fmt.Sprintf("The last finished run failed%s; %s.", codeText(last), v.lastSuccessText())}, true
}

func lostRecords(v *facts) (finding, bool) {
	if len(v.finished) == 0 || v.flawlessRuns > 0 {
		return finding{}, false
	}
	flawed := 1
	for flawed < len(v.finished) && v.flaw(v.finished[flawed]) != "" {
		flawed++
	}
	f := finding{reason: fmt.Sprintf("In the last finished run, %s ago, %s.", v.agoText(endOf(v.finished[0])), v.flaw(v.finished[0]))}
	if v.startKnown(flawed) {
		f.since = endOf(v.finished[flawed-1])
	}
	return f, true
}

func oftenFailed(v *facts) (finding, bool) {
	n, good := min(len(v.finished), lastRuns), 0
	for _, r := range v.finished[:n] {
		if r.Outcome() != census.OutcomeFailed {
			good++
		}
	}
	if n < minRuns || float64(good) >= minSuccessRate*float64(n) {
		return finding{}, false
	}
	return finding{reason: fmt.Sprintf("%d of the last %d finished runs failed, though not the last one.", n-good, n)}, true
}

func oftenSkipped(v *facts) (finding, bool) {
	if v.skippedRuns < minSkips {
		return finding{}, false
	}
	f := finding{reason: fmt.Sprintf("The last %d runs were skipped because one before them was still in progress.", v.skippedRuns)}
	if v.skippedRuns < v.runCount || !v.more {
		f.since = v.oldestSkip().CreatedAt
	}
	return f, true
}

func healthy(v *facts) (finding, bool) {
	if v.flawlessRuns == 0 {
		return finding{}, false
	}
	f := finding{reason: fmt.Sprintf("The last finished run succeeded %s ago.", v.agoText(endOf(v.finished[0])))}
	if v.startKnown(v.flawlessRuns) {
		f.since = endOf(v.finished[v.flawlessRuns-1])
	}
	return f, true
}

func nothingFinished(v *facts) (finding, bool) {
	seen := fmt.Sprintf("None of the last %d runs has finished", len(v.runs))
	switch {
	case len(v.runs) == 0 && v.futureRuns > 0:
		seen = "No run shows the state of the sync"
	case len(v.runs) == 0:
		seen = "No run was read"
	case !v.more && len(v.runs) == 1:
		seen = "The only run has not finished"
	case !v.more:
		seen = fmt.Sprintf("None of the %d runs has finished", len(v.runs))
	}
	if v.blocker != nil {
		seen += fmt.Sprintf("; one has been in progress for %s", durationText(v.blockerAge()))
	}
	if v.futureRuns > 0 {
		seen += fmt.Sprintf("; %s created in the future, if Census is right", runsWereText(v.futureRuns))
	}
	return finding{reason: seen + "."}, true
}

// runsWereText returns the number of runs with a verb, such as "2 runs were".
func runsWereText(runs int) string {
	if runs == 1 {
		return "1 run was"
	}
	return countText(int64(runs), "run") + " were"
}
