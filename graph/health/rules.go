package health

import (
	"time"

	"census-gateway/upstream/census"
)

// A rule assigns a state if it applies.
type rule struct {
	state State
	// applies is called only if no earlier rule applied.
	applies func(*view) (finding, bool)
}

// A finding explains the state of a rule.
type finding struct {
	since  census.DateTime
	reason string // one sentence
}

const (
	longRun       = time.Hour        // no run is stuck before this, unless others wait
	longWait      = 15 * time.Minute // no run is stuck before this if others wait
	longFirst     = 6 * time.Hour    // for a run in progress with no other to compare
	manySkips     = 3                // skipped in a row
	lowRate       = 0.80             // success rate
	tooManyLost   = 0.01             // share of records lost, if the sync has no alert about it
	failingStreak = 2
	leastGrace    = 15 * time.Minute // for a scheduled execution
	mostGrace     = 2 * time.Hour
)

// The first rule that applies assigns the state. The last one always applies. docs/health.md
// describes each rule.
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
