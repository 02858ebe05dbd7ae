package sim

import (
	"math"
	"time"
)

// A row is a run as stored: written by a test, or generated from its start and fate each time
// it is read. Tens of thousands of the latter take little memory.
type row struct {
	id, at  int64 // at: created_at in ms since 1970
	written *Run  // nil: generated from the rest
	delay   int32 // ms since its scheduled time
	cause   cause
	fate    fate
	full    bool
}

type cause uint8

const (
	bySchedule cause = iota
	continuously
	byHand
	byCall
	byDryRun
	noReason // no sync_trigger_reason
)

type fate uint8

const (
	undecided        fate = iota // becomes one of the others when the run is created
	clean                        // completed
	rejecting                    // completed, though the destination rejected some records
	rejectingCoded               // the same, with an error_code
	broken                       // failed, with completed_at
	brokenOpen                   // failed, completed_at and most counts null
	canceledFinished             // canceled, status completed
	canceledBroken               // canceled, status failed
	stuck                        // working for ever
	skipped                      // an earlier run was still active
	undocumented                 // an undocumented status
)

// A timing is when a generated run changes, in ms since 1970.
type timing struct{ started, ended, settled int64 }

func (c *Census) timing(s *syncState, w *row, d *dice) timing {
	seconds := int64(45)
	if s.future != nil {
		seconds = s.future.seconds
	}
	if w.full {
		seconds *= 3
	}
	var k timing
	k.started = w.at + d.between(2, 9)*1000 + d.between(0, 999)
	k.ended = k.started + seconds*d.between(700, 1300)
	k.settled = k.ended + d.between(79, 221)*1000 // updated_at moves this long after completed_at (seen on the wire)
	return k
}

// active reports whether the run is queued or working at a time.
func (c *Census) active(s *syncState, w *row, now int64) bool {
	switch {
	case w.written != nil:
		return w.written.active()
	case w.fate == skipped || w.fate == undocumented:
		return false
	}
	return w.fate == stuck || now < c.timing(s, w, c.dice(s.ID, w.at-c.anchor)).ended
}

// runAt returns the run as it is at a time.
func (c *Census) runAt(s *syncState, w *row, now int64) Run {
	if w.written != nil {
		return *w.written
	}
	d := c.dice(s.ID, w.at-c.anchor)
	k := c.timing(s, w, d)
	r := Run{
		ID: w.id, SyncID: s.ID,
		CreatedAt: clock(w.at), UpdatedAt: clock(w.at),
		FullSync: w.full, Counts: noCounts,
	}
	r.setReason(w, d)
	n := c.countsOf(s, w, d)
	switch {
	case w.fate == skipped:
		r.Status = "skipped"
	case w.fate == undocumented:
		r.Status = "awaiting_capacity"
	case now < k.started:
		r.Status, r.Step = "queued", steps[0]
	case w.fate == stuck:
		r.setProgress(n, min(now, k.started+(k.ended-k.started)*6/10), k)
	case now < k.ended:
		r.setProgress(n, now, k)
	default:
		r.finish(w.fate, n, now, k, d, s.future)
	}
	return r
}

// steps are documented values of current_step, in the order of the work. The documents spell
// the first in two ways.
var steps = [...]string{
	"Running sync",
	"Checking source and destination configuration",
	"Checking for fields to create in destination",
	"Unloading data from warehouse",
	"Loading data into destination service",
	"Loading data into destination service",
	"Loading data into destination service",
	"Committing data to destination service",
	"Committing sync to warehouse",
}

// setProgress fills in the run half way: counts appear with the unloading and grow with the
// loading.
func (r *Run) setProgress(n Counts, now int64, k timing) {
	done := (now - k.started) * 100 / max(k.ended-k.started, 1)
	r.Status = "working"
	r.Step = steps[1+done*int64(len(steps)-1)/100]
	r.UpdatedAt = clock(now)
	if done < 25 {
		return
	}
	r.Counts = Counts{Source: n.Source, Updates: n.Updates, Deletes: n.Deletes, Invalids: n.Invalids}
	r.Counts.Processed = n.Processed * min(max(done-37, 0)*2, 100) / 100
	r.Counts.Updated = r.Counts.Processed
}

const (
	minuteMS = 60_000
	hourMS   = 60 * minuteMS
	dayMS    = 24 * hourMS
	never    = math.MaxInt64
)

// clock converts ms since 1970 to a time.
func clock(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
