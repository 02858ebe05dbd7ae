package sim

import (
	"strconv"
	"strings"
	"time"
)

// A timing contains the times at which a generated run changes, in ms since 1970.
type timing struct{ started, ended, settled int64 }

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

// setReason sets who started the run. Only Manual, API Request and Dry Run are documented or
// seen; the words for schedules are a guess.
func (r *Run) setReason(w *row, d *dice) {
	who := pick(d, []string{"ana", "bo", "chidi", "dara", "elif"}) + "@example.com"
	switch w.cause {
	case bySchedule:
		r.ScheduledAt = clock(w.at - int64(w.delay))
		r.Tag, r.Detail = "Schedule", "Sync was triggered by its schedule"
	case continuously:
		r.Tag, r.Detail = "Continuous", "Sync was triggered by new data"
	case byHand:
		r.Tag, r.Detail = "Manual", "Manually triggered by "+who
	case byCall:
		r.Tag, r.Detail = "API Request", "Sync was triggered by an API request"
	case byDryRun:
		r.Tag, r.Detail = "Dry Run", "Dry run triggered by "+who
	case noReason:
		r.NoReason = true
	}
}

// countsOf returns the counts of the run if no record is lost. Processed is updates plus
// deletes, as in the sample in Census's documentation.
func (c *Census) countsOf(s *syncState, w *row, d *dice) Counts {
	size, share := int64(1500), int64(30)
	if s.future != nil {
		size, share = s.future.records, s.future.changedShare
	}
	size += (w.at - c.anchor) / dayMS * size / 500 // sources grow
	n := Counts{Source: size, Updates: max(size*d.between(share/3, share*2)/1000, 1)}
	n.Invalids = n.Updates / d.between(150, 900)
	if w.full {
		n.Updates = size
	} else {
		n.Deletes = n.Updates / d.between(20, 60)
	}
	n.Processed = n.Updates + n.Deletes
	n.Updated = n.Processed
	return n
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

// finish completes the run. Only updated_at still moves for a while.
func (r *Run) finish(f fate, n Counts, now int64, k timing, d *dice, p *future) {
	r.Status, r.Counts = "completed", n
	r.CompletedAt = clock(k.ended)
	r.UpdatedAt = clock(min(k.settled, now-(now-k.ended)%10_000))
	trouble := -1
	if p != nil {
		trouble = p.errorIndex
	}
	switch f {
	case rejecting, rejectingCoded:
		r.Counts.Failed = max(n.Processed*d.between(1, 30)/1000, 1)
		r.Counts.Updated -= r.Counts.Failed
		if f == rejectingCoded {
			r.fail(rowErrors, -1, d)
		}
	case broken:
		r.Status = "failed"
		r.fail(runErrors, trouble, d)
		r.processPart(d)
	case brokenOpen:
		r.Status, r.Step = "failed", steps[0]
		r.CompletedAt = time.Time{}
		r.Counts = noCounts
		r.Counts.Source, r.Counts.Invalids = n.Source, 0
		r.fail(runErrors, trouble, d)
	case canceledFinished:
		r.Canceled = true
		r.processPart(d)
	case canceledBroken:
		r.Status, r.Canceled = "failed", true
		r.processPart(d)
	}
}

// processPart ends the run before all records are processed.
func (r *Run) processPart(d *dice) {
	r.Counts.Processed = r.Counts.Processed * d.between(5, 80) / 100
	r.Counts.Updated = r.Counts.Processed * d.between(960, 1000) / 1000
	r.Counts.Failed = r.Counts.Processed - r.Counts.Updated
}

// A runError is an error code and its texts. The braces are filled for every run, so that
// grouping has varying texts to compare.
type runError struct{ code, message, detail string }

var rowErrors = []runError{
	{"JSON_ARRAY_ERROR", "The array field being used does not appear to be valid JSON", `Please make sure the field "custom_field:{field}" with value "{value}" is formatted as a JSON Array`},
	{"FIELD_VALIDATION_ERROR", "{failed} records were rejected by the destination", `Value "{value}" is not allowed for field "{field}" of record {trace}`},
}

var runErrors = []runError{
	{"DESTINATION_AUTH_EXPIRED", "The destination connection needs to be reauthorized", "Refresh token for connection {n} expired (request {trace})"},
	{"DESTINATION_RATE_LIMITED", "The destination is limiting our requests", "429 Too Many Requests after {n} records; retry after {m} seconds (request {trace})"},
	{"WAREHOUSE_TIMEOUT", "The query did not finish in time", "Statement {trace} was canceled after {m} seconds on warehouse TRANSFORM_{m}"},
	{"WAREHOUSE_UNREACHABLE", "Could not connect to the warehouse", "connect to 10.0.{m}.17:5439 timed out after {n} ms"},
	{"COLUMN_NOT_FOUND", "A mapped column is missing from the source", `Column "{field}" of model_{sync} does not exist (batch {n})`},
	{"DESTINATION_SERVER_ERROR", "The destination answered with an error", "503 Service Unavailable for batch {n} of {m} (trace {trace})"},
}

// fail picks one of the errors, the given one unless it is negative. error_message is a
// summary and the detail, as in the documents' sample.
func (r *Run) fail(from []runError, which int, d *dice) {
	t := pick(d, from)
	if which >= 0 {
		t = from[which]
	}
	fill := strings.NewReplacer(
		"{n}", strconv.FormatInt(d.between(100, 99_999), 10),
		"{m}", strconv.FormatInt(d.between(2, 240), 10),
		"{field}", pick(d, []string{"Users", "plan_tier", "owner_email", "annual_revenue", "LTV_90"}),
		"{value}", pick(d, []string{"jim", "n/a", "12,5", "true", "O'Brien"}),
		"{trace}", d.word(10),
		"{failed}", strconv.FormatInt(r.Counts.Failed, 10),
		"{sync}", strconv.FormatInt(r.SyncID, 10),
	)
	r.ErrorCode = t.code
	r.ErrorDetail = fill.Replace(t.detail)
	r.ErrorMessage = fill.Replace(t.message) + ": " + r.ErrorDetail
}
