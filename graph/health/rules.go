package health

import (
	"fmt"
	"strings"
	"time"

	"census-gateway/upstream"
)

// A rule names a state and says when it applies.
type rule struct {
	state State
	when  string // for people
	since string // what Health.Since is
	// applies is asked only if no rule before it applied.
	applies func(*view) (finding, bool)
}

// A finding is what a rule that applies has to say.
type finding struct {
	since  upstream.DateTime
	reason string // a sentence
}

const (
	longRun       = time.Hour        // no run in progress is stuck before this, unless others wait
	longWait      = 15 * time.Minute // nor before this if they do
	longFirst     = 6 * time.Hour    // in progress with nothing to compare with
	manySkips     = 3                // skipped in a row
	lowRate       = 0.80             // success rate
	tooManyLeft   = 0.01             // share of records left out as invalid
	failingStreak = 2
	leastGrace    = 15 * time.Minute // for a schedule's execution
	mostGrace     = 2 * time.Hour
)

// The first rule that applies names the state. The last one always does.
var rules = []rule{
	{Paused, "the sync is paused", "not known", paused},
	{NeverRan, "it has no run but dry runs, and no older ones", "the sync was created", neverRan},
	{Stuck, fmt.Sprintf("a run has been in progress for more than %s and 3 times the longest recent run (%s if there is none to compare with)", span(longRun), span(longFirst)),
		"that run was queued", overdue},
	{Stuck, fmt.Sprintf("at least %d runs in a row were skipped behind a run in progress for more than %s and twice the longest recent run", manySkips, span(longWait)),
		"that run was queued", waitedFor},
	{Stuck, fmt.Sprintf("all runs seen were skipped, at least %d of them and for more than %s", manySkips, span(longRun)),
		"not known", blockedUnseen},
	{Failing, fmt.Sprintf("the last %d finished runs or more failed, or all that ever finished did", failingStreak),
		"the first of them was queued; not known if it may be older than the runs seen", failing},
	{Late, fmt.Sprintf("the schedule's next execution is overdue by more than one interval, taken as %s at least and %s at most, and no run is in progress", span(leastGrace), span(mostGrace)),
		"it was due", late},
	{Degraded, "the last finished run failed", "that run was queued", failedOnce},
	{Degraded, fmt.Sprintf("the destination refused records of the last finished run, or more than %g %% of them were invalid", tooManyLeft*100),
		"the first such run in a row ended; not known if it may be older than the runs seen", lossy},
	{Degraded, fmt.Sprintf("less than %g %% of the last %d finished runs succeeded (of at least %d)", lowRate*100, lastRuns, fewestRuns),
		"not known", unreliable},
	{Degraded, fmt.Sprintf("the last %d runs or more were skipped: runs take longer than the schedule allows", manySkips),
		"the first of them was queued; not known if it may be older than the runs seen", crowded},
	{Healthy, "the last finished run succeeded", "the first success in a row ended; not known if it may be older than the runs seen", healthy},
	{Unknown, "no run that finished is seen", "not known", unclear},
}

// Table is the rules as a Markdown table, for the documents.
func Table() string {
	var b strings.Builder
	b.WriteString("| # | State | When | Since |\n|---|---|---|---|\n")
	for i, r := range rules {
		fmt.Fprintf(&b, "| %d | `%s` | %s | %s |\n", i+1, r.state, r.when, r.since)
	}
	return b.String()
}
