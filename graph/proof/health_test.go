package proof

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"census-gateway/upstream/sim"
)

// A verdict is a SyncHealth as it is answered, but for its words.
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

// askHealth asks how every sync is.
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

// A sight is what is seen of a sync by which it is judged.
type sight struct {
	sim.Sync
	newest  []sim.Run // at most 25
	real    []sim.Run // but for dry runs
	done    []sim.Run // and of these, finished
	older   bool      // there are runs that are not seen
	lost    int       // runs of the future
	blocker *sim.Run  // what is in the way
	skips   int       // skipped runs in a row
	age     time.Duration
	longest time.Duration // of the finished runs that the blocker is compared with
}

// streak is how many of runs, from the first on, are as is says.
func streak(runs []sim.Run, is func(sim.Run) bool) int {
	n := 0
	for n < len(runs) && is(runs[n]) {
		n++
	}
	return n
}

// sightOf is what docs/health.md says is looked at.
func sightOf(s sim.Sync, all []sim.Run) sight {
	newest := slices.Clone(all)
	slices.Reverse(newest)
	o := sight{older: len(newest) > 25}
	newest = newest[:min(len(newest), 25)]

	// What lies in the future is not told, and a run created then is not there.
	told := func(t time.Time) time.Time {
		if isAhead(t) {
			return time.Time{}
		}
		return t
	}
	s.CreatedAt, s.UpdatedAt = told(s.CreatedAt), told(s.UpdatedAt)
	newest = slices.DeleteFunc(newest, func(r sim.Run) bool {
		if isAhead(r.CreatedAt) && !isDry(r) {
			o.lost++
		}
		return isAhead(r.CreatedAt)
	})
	for i := range newest {
		newest[i].CompletedAt, newest[i].ScheduledAt = told(newest[i].CompletedAt), told(newest[i].ScheduledAt)
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

	// What is in the way: the newest run in progress that no finished run follows.
	// Skipped runs wait for something, which may have a status that nobody knows.
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

// stuckAfter is how long a run may be in progress.
func (o sight) stuckAfter() time.Duration {
	if o.longest > 0 {
		return max(time.Hour, 3*o.longest)
	}
	return 6 * time.Hour
}

// healthOf judges a sync by docs/health.md.
func healthOf(s sim.Sync, all []sim.Run) (v verdict) {
	o := sightOf(s, all)
	s, real, done, older, lost, blocker, skips, age, longest := o.Sync, o.real, o.done, o.older, o.lost, o.blocker, o.skips, o.age, o.longest
	failed := func(r sim.Run) bool { return outcomeOf(r) == "FAILED" }
	begun := func(n int) bool { return n < len(done) || !older } // whether a streak of n is known to have begun with its last

	v.ConsecutiveFailures = streak(done, failed)
	for _, r := range done {
		if succeeded(r) && !r.CompletedAt.IsZero() && (v.LastSuccessAt == nil || r.CompletedAt.After(*v.LastSuccessAt)) {
			v.LastSuccessAt = &r.CompletedAt
			fresh := max(now.Sub(r.CompletedAt).Truncate(time.Millisecond).Seconds(), 0)
			v.FreshnessSeconds = &fresh
		}
	}
	due, late, scheduled := lateness(s, real, blocker != nil)
	if lost > 0 && len(real) == 0 { // when it last ran is not known
		late, scheduled = 0, false
	}
	if scheduled {
		seconds := late.Seconds()
		v.LateBySeconds = &seconds
	}

	is := func(state string, since ...time.Time) verdict {
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
	most := lossAllowed(s)
	flawed, good := streak(done, func(r sim.Run) bool { return isFlawed(r, most) }), streak(done, func(r sim.Run) bool { return !isFlawed(r, most) })
	switch n := v.ConsecutiveFailures; {
	case s.Paused:
		return is("PAUSED")
	case len(real)+lost == 0 && !older:
		return is("NEVER_RAN", s.CreatedAt)
	case blocker != nil && age > o.stuckAfter():
		return is("STUCK", blocker.CreatedAt)
	case blocker != nil && skips >= 3 && longest > 0 && age > max(15*time.Minute, 2*longest):
		return is("STUCK", blocker.CreatedAt)
	case blocker == nil && skips >= 3 && skips == len(real) && now.Sub(real[skips-1].CreatedAt) > time.Hour:
		return is("STUCK")
	case n >= 2 || n > 0 && n == len(done) && !older:
		return is("FAILING", onlyIf(begun(n), done[n-1].CreatedAt))
	case late > 0:
		return is("LATE", due)
	case n > 0:
		return is("DEGRADED", done[0].CreatedAt)
	case flawed > 0:
		return is("DEGRADED", onlyIf(begun(flawed), endOf(done[flawed-1])))
	case len(recent) >= 5 && successes*100 < 80*len(recent):
		return is("DEGRADED")
	case skips >= 3:
		return is("DEGRADED", onlyIf(skips < len(real) || !older, real[skips-1].CreatedAt))
	case !isReadable(s):
		return is("UNKNOWN")
	case good > 0:
		return is("HEALTHY", onlyIf(begun(good), endOf(done[good-1])))
	}
	return is("UNKNOWN")
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

// isFlawed tells whether a finished run is not all that it should be.
func isFlawed(r sim.Run, most float64) bool {
	rejected, invalid, processed := max(r.Counts.Failed, 0), max(r.Counts.Invalids, 0), max(r.Counts.Processed, 0)
	all := float64(max(processed, rejected) + invalid)
	return outcomeOf(r) == "FAILED" || rejected+invalid > 0 && float64(rejected+invalid)/all > most
}

// lossAllowed is the share of records that may be lost, by the alert of s.
func lossAllowed(s sim.Sync) float64 {
	for percent, alert := range alerts {
		if s.Alerts == alert && percent >= 0 {
			return percent / 100
		}
	}
	return 0.01
}

// alerts are what alert_attributes are drawn from, by the percentage that they allow.
var alerts = map[float64]string{
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

// isAhead tells whether a time is in the future by more than clocks differ.
func isAhead(t time.Time) bool { return t.Sub(now) > 5*time.Minute }

// expressions are what crons are drawn from, and when each is due on a clock of its
// zone; nil where nobody can read it.
var expressions = map[string]func(t time.Time) bool{
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

// clocks are those of expressions that name a zone.
var clocks = map[string]*time.Location{"15 5 * * * America/New_York": clock("America/New_York"), "CRON_TZ=Asia/Tokyo 15 5 * * mon": clock("Asia/Tokyo")}

func clock(zone string) *time.Location {
	in, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	return in
}

func isAt(t time.Time, hour, minute int) bool { return t.Hour() == hour && t.Minute() == minute }

// isReadable tells whether it is known when s is due.
func isReadable(s sim.Sync) bool {
	switch s.Frequency {
	case "never", "continuous", "quarter_hourly", "hourly", "daily":
		return true
	case "weekly":
		return s.Day != ""
	case "expression":
		return expressions[s.Cron] != nil
	}
	return false
}

// isDue tells whether the schedule of s names the minute that t is in.
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
	if in := clocks[s.Cron]; in != nil {
		t = t.In(in)
	}
	return expressions[s.Cron](t)
}

// lateness is which execution is the next that the schedule promised, and since
// when it is overdue, if by more than is usual.
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
		return habit(after, real, busy)
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

// habit is lateness of a sync without a schedule, which has last begun at after: by the
// longest pause between runs that nobody started by hand.
func habit(after time.Time, real []sim.Run, busy bool) (due time.Time, late time.Duration, known bool) {
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
