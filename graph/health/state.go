package health

// A State is the health of a sync in one word.
type State string

const (
	Healthy  State = "HEALTHY"
	Degraded State = "DEGRADED"
	Failing  State = "FAILING"
	Stuck    State = "STUCK"
	Late     State = "LATE"
	Paused   State = "PAUSED"
	NeverRan State = "NEVER_RAN"
	Unknown  State = "UNKNOWN"
)

// WorstFirst lists all states. UNKNOWN comes before PAUSED: an unknown state may be bad, but a
// sync is paused on purpose.
var WorstFirst = [...]State{Failing, Stuck, Late, Degraded, Unknown, NeverRan, Paused, Healthy}

// Severity returns the rank of a state, for lists with the worst first: 7 for FAILING, 0 for
// HEALTHY.
func (s State) Severity() int {
	for i, other := range WorstFirst {
		if s == other {
			return len(WorstFirst) - 1 - i
		}
	}
	return 0
}
