package health

// A rule assigns a state if it applies.
type rule struct {
	state State
	// applies is called only if no earlier rule applied.
	applies func(*facts) (finding, bool)
}

// The first rule that applies assigns the state. The last one always applies. docs/health.md
// describes each rule.
var rules = []rule{
	{Paused, paused},
	{NeverRan, neverRan},
	{Stuck, runsTooLong},
	{Stuck, runsTooLongForOthers},
	{Stuck, blockedByUnseen},
	{Failing, failing},
	{Late, late},
	{Late, lateByPauses},
	{Degraded, failedOnce},
	{Degraded, lostRecords},
	{Degraded, oftenFailed},
	{Degraded, oftenSkipped},
	{Unknown, invalidSchedule},
	{Healthy, healthy},
	{Unknown, nothingFinished},
}
