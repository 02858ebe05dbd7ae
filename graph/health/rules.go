package health

import (
	"time"

	"census-gateway/upstream/census"
)

// A rule names a state and says when it applies.
type rule struct {
	state State
	// applies is asked only if no rule before it applied.
	applies func(*view) (finding, bool)
}

// A finding is what a rule that applies has to say.
type finding struct {
	since  census.DateTime
	reason string // a sentence
}

const (
	longRun       = time.Hour        // no run in progress is stuck before this, unless others wait
	longWait      = 15 * time.Minute // nor before this if they do
	longFirst     = 6 * time.Hour    // in progress with nothing to compare with
	manySkips     = 3                // skipped in a row
	lowRate       = 0.80             // success rate
	tooManyLost   = 0.01             // share of records rejected or invalid, where the sync has no alert on it
	failingStreak = 2
	leastGrace    = 15 * time.Minute // for a schedule's execution
	mostGrace     = 2 * time.Hour
)

// The first rule that applies names the state. The last one always does.
// docs/health.md says when each applies.
var rules = []rule{
	{Paused, paused},
	{NeverRan, neverRan},
	{Stuck, overdue},
	{Stuck, waitedFor},
	{Stuck, blockedUnseen},
	{Failing, failing},
	{Late, late},
	{Late, lateByHabit},
	{Degraded, failedOnce},
	{Degraded, lossy},
	{Degraded, unreliable},
	{Degraded, crowded},
	{Unknown, unscheduled},
	{Healthy, healthy},
	{Unknown, unclear},
}
