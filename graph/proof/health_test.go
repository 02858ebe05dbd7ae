package proof

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"census-gateway/upstream/sim"
)

// A verdict is a SyncHealth in an answer, without its reason.
type verdict struct {
	State               string
	Since               *time.Time
	ConsecutiveFailures int
	LastSuccessAt       *time.Time
	FreshnessSeconds    *float64
	LateBySeconds       *float64
}

const verdictFields = "{ state since consecutiveFailures lastSuccessAt freshnessSeconds lateBySeconds }"

func (v verdict) String() string {
	text := func(p *float64) string {
		if p == nil {
			return "-"
		}
		return fmt.Sprintf("%.3f", *p)
	}
	at := func(p *time.Time) string {
		if p == nil {
			return "-"
		}
		return p.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprintf("%s since %s, %d failures, success at %s, fresh %s, late %s",
		v.State, at(v.Since), v.ConsecutiveFailures, at(v.LastSuccessAt), text(v.FreshnessSeconds), text(v.LateBySeconds))
}

// askHealth queries the health of some syncs.
func (w *world) askHealth() {
	syncs, names := w.someSyncs()
	var data struct {
		Syncs struct {
			Nodes []struct {
				ID     string
				Health verdict
			}
		}
	}
	w.ask(fmt.Sprintf("{ syncs(ids: %s, first: 100) { nodes { id health %s } } }", names, verdictFields), &data)
	if len(data.Syncs.Nodes) != len(syncs) {
		w.Fatalf("%d of %d syncs", len(data.Syncs.Nodes), len(syncs))
	}
	for _, n := range data.Syncs.Nodes {
		i := slices.IndexFunc(syncs, func(s sim.Sync) bool { return fmt.Sprintf("Sync:%d", s.ID) == n.ID })
		if want := healthOf(syncs[i], w.census.Runs(syncs[i].ID)); n.Health.String() != want.String() {
			w.Fatalf("%s:\n%s, want\n%s\nof %+v with %+v", n.ID, n.Health, want, syncs[i], w.census.Runs(syncs[i].ID))
		}
	}
}

// An observed is what the rules of docs/health.md look at.
type observed struct {
	sim.Sync
	newest  []sim.Run // at most 25
	real    []sim.Run // newest, without dry runs
	done    []sim.Run // the finished ones of real
	older   bool      // there are more than 25 runs
	future  int       // number of ignored runs with a creation time in the future
	blocker *sim.Run  // the run that blocks the next ones; nil: none
	skips   int       // number of newest runs in a row that were skipped
	age     time.Duration
	longest time.Duration // longest duration of the finished runs to compare with
}

// streak returns how many of runs, from the first on, satisfy is.
func streak(runs []sim.Run, is func(sim.Run) bool) int {
	n := 0
	for n < len(runs) && is(runs[n]) {
		n++
	}
	return n
}

// observe returns the observations of a sync according to docs/health.md.
func observe(s sim.Sync, all []sim.Run) observed {
	newest := slices.Clone(all)
	slices.Reverse(newest)
	o := observed{older: len(newest) > 25}
	newest = newest[:min(len(newest), 25)]

	// Times in the future are ignored, and so are runs created in the future.
	pastOnly := func(t time.Time) time.Time {
		if isFuture(t) {
			return time.Time{}
		}
		return t
	}
	s.CreatedAt, s.UpdatedAt = pastOnly(s.CreatedAt), pastOnly(s.UpdatedAt)
	newest = slices.DeleteFunc(newest, func(r sim.Run) bool {
		if isFuture(r.CreatedAt) && !isDry(r) {
			o.future++
		}
		return isFuture(r.CreatedAt)
	})
	for i := range newest {
		newest[i].CompletedAt, newest[i].ScheduledAt = pastOnly(newest[i].CompletedAt), pastOnly(newest[i].ScheduledAt)
	}
	o.Sync, o.newest = s, newest
	for _, r := range newest {
		if !isDry(r) {
			o.real = append(o.real, r)
			if finished(r) {
				o.done = append(o.done, r)
			}
		}
	}

	// The blocker is the newest run in progress that no finished run follows. Behind skipped runs,
	// it may also be a run of unknown status.
	for i, r := range newest {
		if !isDry(r) && finished(r) {
			break
		}
		if outcomeOf(r) == "IN_PROGRESS" || outcomeOf(r) == "UNKNOWN" && r.CompletedAt.IsZero() && streak(realOf(newest[:i]), isSkipped) > 0 {
			o.blocker = &newest[i]
			o.skips = streak(realOf(newest[:i]), isSkipped)
			break
		}
	}
	if o.blocker == nil {
		o.skips = streak(o.real, isSkipped)
	}
	for _, r := range o.done {
		if !r.CompletedAt.IsZero() && (o.blocker == nil || !o.blocker.FullSync || r.FullSync) {
			o.longest = max(o.longest, r.CompletedAt.Sub(r.CreatedAt))
		}
	}
	if o.blocker != nil {
		o.age = max(now.Sub(o.blocker.CreatedAt), 0)
	}
	return o
}

// stuckAfter returns how long a run may be in progress.
func (o observed) stuckAfter() time.Duration {
	if o.longest > 0 {
		return max(time.Hour, 3*o.longest)
	}
	return 6 * time.Hour
}

// healthOf returns the health of a sync according to docs/health.md.
func healthOf(s sim.Sync, all []sim.Run) (v verdict) {
	o := observe(s, all)
	s, real, done, older, lost, blocker, skips, age, longest := o.Sync, o.real, o.done, o.older, o.future, o.blocker, o.skips, o.age, o.longest
	failed := func(r sim.Run) bool { return outcomeOf(r) == "FAILED" }
	begun := func(n int) bool { return n < len(done) || !older } // reports whether a streak of n runs is known to begin with its last one

	v.ConsecutiveFailures = streak(done, failed)
	for _, r := range done {
		if succeeded(r) && !r.CompletedAt.IsZero() && (v.LastSuccessAt == nil || r.CompletedAt.After(*v.LastSuccessAt)) {
			v.LastSuccessAt = &r.CompletedAt
			fresh := max(now.Sub(r.CompletedAt).Truncate(time.Millisecond).Seconds(), 0)
			v.FreshnessSeconds = &fresh
		}
	}
	due, late, scheduled := lateness(s, real, blocker != nil)
	if lost > 0 && len(real) == 0 { // the time of the last run is unknown
		late, scheduled = 0, false
	}
	if scheduled {
		seconds := late.Seconds()
		v.LateBySeconds = &seconds
	}

	with := func(state string, since ...time.Time) verdict {
		v.State = state
		if len(since) > 0 && !since[0].IsZero() {
			v.Since = &since[0]
		}
		return v
	}
	onlyIf := func(known bool, t time.Time) time.Time {
		if !known {
			return time.Time{}
		}
		return t
	}
	recent := done[:min(len(done), 20)]
	successes := 0
	for _, r := range recent {
		if succeeded(r) {
			successes++
		}
	}
	maxLoss := maxLossShare(s)
	flawed, good := streak(done, func(r sim.Run) bool { return isFlawed(r, maxLoss) }), streak(done, func(r sim.Run) bool { return !isFlawed(r, maxLoss) })
	switch n := v.ConsecutiveFailures; {
	case s.Paused:
		return with("PAUSED")
	case len(real)+lost == 0 && !older:
		return with("NEVER_RAN", s.CreatedAt)
	case blocker != nil && age > o.stuckAfter():
		return with("STUCK", blocker.CreatedAt)
	case blocker != nil && skips >= 3 && longest > 0 && age > max(15*time.Minute, 2*longest):
		return with("STUCK", blocker.CreatedAt)
	case blocker == nil && skips >= 3 && skips == len(real) && now.Sub(real[skips-1].CreatedAt) > time.Hour:
		return with("STUCK")
	case n >= 2 || n > 0 && n == len(done) && !older:
		return with("FAILING", onlyIf(begun(n), done[n-1].CreatedAt))
	case late > 0:
		return with("LATE", due)
	case n > 0:
		return with("DEGRADED", done[0].CreatedAt)
	case flawed > 0:
		return with("DEGRADED", onlyIf(begun(flawed), endOf(done[flawed-1])))
	case len(recent) >= 5 && successes*100 < 80*len(recent):
		return with("DEGRADED")
	case skips >= 3:
		return with("DEGRADED", onlyIf(skips < len(real) || !older, real[skips-1].CreatedAt))
	case !isReadable(s):
		return with("UNKNOWN")
	case good > 0:
		return with("HEALTHY", onlyIf(begun(good), endOf(done[good-1])))
	}
	return with("UNKNOWN")
}

func realOf(runs []sim.Run) (real []sim.Run) {
	for _, r := range runs {
		if !isDry(r) {
			real = append(real, r)
		}
	}
	return real
}

func isSkipped(r sim.Run) bool { return outcomeOf(r) == "SKIPPED" }

// isFlawed reports whether a run failed or lost more than the allowed share of its records.
func isFlawed(r sim.Run, maxLoss float64) bool {
	rejected, invalid, processed := max(r.Counts.Failed, 0), max(r.Counts.Invalids, 0), max(r.Counts.Processed, 0)
	all := float64(max(processed, rejected) + invalid)
	return outcomeOf(r) == "FAILED" || rejected+invalid > 0 && float64(rejected+invalid)/all > maxLoss
}

// maxLossShare returns the share of records that may be lost, by the alert settings of s.
func maxLossShare(s sim.Sync) float64 {
	for percent, alert := range lossAlerts {
		if s.Alerts == alert && percent >= 0 {
			return percent / 100
		}
	}
	return 0.01
}

// lossAlerts are values of alert_attributes, by the percentage of lost records that they allow; -1:
// they set none.
var lossAlerts = map[float64]string{
	-1:  `[{"type":"RuntimeAlertConfiguration","options":{"threshold":"0","unit":"minutes"}}]`,
	0:   `[{"id":1,"type":"InvalidRecordPercentAlertConfiguration","options":{"threshold":0}}]`,
	1.5: `[{"type":"InvalidRecordPercentAlertConfiguration","options":{"threshold":"75"}},{"type":"InvalidRecordPercentAlertConfiguration","options":{"threshold":"1.5"}}]`,
	100: `[null,{"type":"InvalidRecordPercentAlertConfiguration","options":{"threshold":"100"}}]`,
}

func endOf(r sim.Run) time.Time {
	if r.CompletedAt.IsZero() {
		return r.CreatedAt
	}
	return r.CompletedAt
}

// isFuture reports whether a time is in the future by more than clocks may differ.
func isFuture(t time.Time) bool { return t.Sub(now) > 5*time.Minute }

// crons are cron expressions. The function reports whether one is due, on a clock of its zone; nil:
// the expression is invalid.
var crons = map[string]func(t time.Time) bool{
	"*/20 * * * *": func(t time.Time) bool { return t.Minute()%20 == 0 },
	"0 6 * * 1-5": func(t time.Time) bool {
		return isAt(t, 6, 0) && t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
	},
	"30 */4 * * *": func(t time.Time) bool { return t.Hour()%4 == 0 && t.Minute() == 30 },
	"*/90 * * * *": func(t time.Time) bool { return t.Minute() == 0 },
	"0 22-2 * * *": func(t time.Time) bool { return t.Minute() == 0 && (t.Hour() >= 22 || t.Hour() <= 2) },
	"15 5 * * fri-mon": func(t time.Time) bool {
		return isAt(t, 5, 15) && (t.Weekday() >= time.Friday || t.Weekday() <= time.Monday)
	},
	"15 5 * * Sunday,wednesday": func(t time.Time) bool {
		return isAt(t, 5, 15) && (t.Weekday() == time.Sunday || t.Weekday() == time.Wednesday)
	},
	"@daily":                          func(t time.Time) bool { return isAt(t, 0, 0) },
	"@hourly":                         func(t time.Time) bool { return t.Minute() == 0 },
	"30 15 5 * * *":                   func(t time.Time) bool { return isAt(t, 5, 15) },
	"15 5 * * * America/New_York":     func(t time.Time) bool { return isAt(t, 5, 15) },
	"CRON_TZ=Asia/Tokyo 15 5 * * mon": func(t time.Time) bool { return isAt(t, 5, 15) && t.Weekday() == time.Monday },
	"15 5 L * *":                      nil,
	"@reboot":                         nil,
	"every day":                       nil,
}

// cronZones has the zones of expressions that name one.
var cronZones = map[string]*time.Location{"15 5 * * * America/New_York": loadZone("America/New_York"), "CRON_TZ=Asia/Tokyo 15 5 * * mon": loadZone("Asia/Tokyo")}

func loadZone(zone string) *time.Location {
	in, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	return in
}

func isAt(t time.Time, hour, minute int) bool { return t.Hour() == hour && t.Minute() == minute }

// isReadable reports whether the schedule of s is understood.
func isReadable(s sim.Sync) bool {
	switch s.Frequency {
	case "never", "continuous", "quarter_hourly", "hourly", "daily":
		return true
	case "weekly":
		return s.Day != ""
	case "expression":
		return crons[s.Cron] != nil
	}
	return false
}

// isDue reports whether the schedule of s includes the minute of t.
func isDue(s sim.Sync, t time.Time) bool {
	switch s.Frequency {
	case "continuous":
		return true
	case "quarter_hourly":
		return t.Minute()%15 == 0
	case "hourly":
		return t.Minute() == s.Minute
	case "daily":
		return isAt(t, s.Hour, s.Minute)
	case "weekly":
		return isAt(t, s.Hour, s.Minute) && strings.EqualFold(t.Weekday().String(), s.Day)
	}
	if in := cronZones[s.Cron]; in != nil {
		t = t.In(in)
	}
	return crons[s.Cron](t)
}

// lateness returns the next execution promised by the schedule, and how overdue it is; 0 if within
// the grace time.
func lateness(s sim.Sync, real []sim.Run, busy bool) (due time.Time, late time.Duration, scheduled bool) {
	if s.Paused || !isReadable(s) {
		return due, 0, false
	}
	after := s.UpdatedAt
	if s.CreatedAt.After(after) {
		after = s.CreatedAt
	}
	if len(real) > 0 {
		for _, t := range []time.Time{real[0].CreatedAt, real[0].ScheduledAt} {
			if t.After(after) {
				after = t
			}
		}
	}
	if s.Frequency == "never" {
		return habitualLateness(after, real, busy)
	}
	if after.IsZero() {
		return due, 0, false
	}
	next := func(t time.Time) time.Time {
		for t = t.Truncate(time.Minute).Add(time.Minute); !isDue(s, t); t = t.Add(time.Minute) {
		}
		return t
	}
	due = next(after)
	grace := min(max(next(due).Sub(due), 15*time.Minute), 2*time.Hour)
	if late = now.Sub(due); busy || late <= grace {
		late = 0
	}
	return due, late, true
}

// habitualLateness is lateness for a sync without a schedule that last began at after. It uses the
// longest pause between runs that nobody started by hand.
func habitualLateness(after time.Time, real []sim.Run, busy bool) (due time.Time, late time.Duration, known bool) {
	var pauses []time.Duration
	var newer time.Time
	for i, r := range real {
		if i == 0 {
			after = later(after, r.CreatedAt)
		}
		if r.Tag == "Manual" && !r.NoReason {
			continue
		}
		if !newer.IsZero() {
			pauses = append(pauses, newer.Sub(r.CreatedAt))
		}
		newer = r.CreatedAt
	}
	if len(pauses) < 5 {
		return due, 0, false
	}
	longest := slices.Max(pauses)
	due = after.Add(longest)
	if late = now.Sub(due); busy || late <= max(longest, 15*time.Minute) {
		late = 0
	}
	return due, late, true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
