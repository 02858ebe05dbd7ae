package census

import "time"

// How long what may still change is taken to change.
const (
	settledFor = 10 * time.Minute // Census touches a finished run for some minutes after (seen on the wire)
	unknownFor = 24 * time.Hour   // a run of unknown status or with times in the future, after its last change, is taken for finished
)

// Settled tells whether the run will change no more at now. Census books its
// totals for some minutes after its end. When it was touched or ended in the future,
// that is not known; when it was created, its place in the list hangs on: that has
// not settled.
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
