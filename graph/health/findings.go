package health

import (
	"time"

	"census-gateway/upstream/census"
)

// A finding explains the state of a rule.
type finding struct {
	since  census.DateTime
	reason string // one sentence
}

// Limits of the rules. docs/health.md explains them.
const (
	minStuckTime          = time.Hour        // no run is stuck before this, unless others wait
	minStuckTimeIfSkipped = 15 * time.Minute // no run is stuck before this if others wait
	stuckTimeOfFirstRun   = 6 * time.Hour    // for a run in progress with no other to compare
	minSkips              = 3                // skipped in a row
	minSuccessRate        = 0.80             // success rate
	maxLostShare          = 0.01             // share of records lost, if the sync has no alert about it
	minFailures           = 2
	minGrace              = 15 * time.Minute // for a scheduled execution
	maxGrace              = 2 * time.Hour
)
