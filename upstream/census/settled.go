package census

import "time"

// How long a run is expected to change.
const (
	settledFor = 10 * time.Minute // Census updates a finished run for some minutes (seen on the wire)
	unknownFor = 24 * time.Hour   // then a run of unknown status or with future times is taken as finished
)

// Settled reports whether the run will not change again after now. Census updates totals for
// some minutes after a run's end. If the last change or the end lies in the future, Settled
// waits for unknownFor. If the creation does, the run has not settled, since its place may
// change.
func (r *SyncRun) Settled(now time.Time) bool {
	limit := DateTime(now.Add(ClockLead).UnixMilli())
	touched, long := r.CreatedAt, settledFor
	for _, t := range [...]DateTime{r.UpdatedAt, r.CompletedAt} {
		if t > limit {
			long = unknownFor
		} else {
			touched = max(touched, t)
		}
	}
	switch r.Outcome() {
	case OutcomeInProgress:
		return false
	case OutcomeUnknown:
		long = unknownFor
	}
	return now.Sub(touched.Time()) >= long
}
