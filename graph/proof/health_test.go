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

// healthOf judges a sync by docs/health.md.
func healthOf(s sim.Sync, all []sim.Run) (v verdict) {
	newest := slices.Clone(all)
	slices.Reverse(newest)
	older := len(newest) > 25 // runs that are not seen
	newest = newest[:min(len(newest), 25)]

	var real, done []sim.Run // but for dry runs; and of these, finished
	for _, r := range newest {
		if !isDry(r) {
			real = append(real, r)
			if finished(r) {
				done = append(done, r)
			}
		}
	}
	streak := func(runs []sim.Run, is func(sim.Run) bool) int {
		n := 0
		for n < len(runs) && is(runs[n]) {
			n++
		}
		return n
	}
	failed := func(r sim.Run) bool { return outcomeOf(r) == "FAILED" }
	begun := func(n int) bool { return n < len(done) || !older } // whether a streak of n is known to have begun with its last

	// What is in the way: the newest run in progress that no finished run follows.
	// Skipped runs wait for something, which may have a status that nobody knows.
	var blocker *sim.Run
	skips := 0
	for i, r := range newest {
		if !isDry(r) && finished(r) {
			break
		}
		if outcomeOf(r) == "IN_PROGRESS" || outcomeOf(r) == "UNKNOWN" && r.CompletedAt.IsZero() && streak(realOf(newest[:i]), isSkipped) > 0 {
			blocker = &newest[i]
			skips = streak(realOf(newest[:i]), isSkipped)
			break
		}
	}
	if blocker == nil {
		skips = streak(real, isSkipped)
	}
	var age, longest time.Duration
	for _, r := range done {
		if !r.CompletedAt.IsZero() && (blocker == nil || !blocker.FullSync || r.FullSync) {
			longest = max(longest, r.CompletedAt.Sub(r.CreatedAt))
		}
	}
	if blocker != nil {
		age = max(now.Sub(blocker.CreatedAt), 0)
	}

	v.ConsecutiveFailures = streak(done, failed)
	for _, r := range done {
		if succeeded(r) && !r.CompletedAt.IsZero() && (v.LastSuccessAt == nil || r.CompletedAt.After(*v.LastSuccessAt)) {
			v.LastSuccessAt = &r.CompletedAt
			fresh := max(now.Sub(r.CompletedAt).Truncate(time.Millisecond).Seconds(), 0)
			v.FreshnessSeconds = &fresh
		}
	}
	due, late, scheduled := lateness(s, real, blocker != nil)
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
	stuckAfter := 6 * time.Hour
	if longest > 0 {
		stuckAfter = max(time.Hour, 3*longest)
	}
	recent := done[:min(len(done), 20)]
	successes := 0
	for _, r := range recent {
		if succeeded(r) {
			successes++
		}
	}
	flawed, good := streak(done, isFlawed), streak(done, func(r sim.Run) bool { return !isFlawed(r) })
	switch n := v.ConsecutiveFailures; {
	case s.Paused:
		return is("PAUSED")
	case len(real) == 0 && !older:
		return is("NEVER_RAN", s.CreatedAt)
	case blocker != nil && age > stuckAfter:
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
func isFlawed(r sim.Run) bool {
	invalid, processed := max(r.Counts.Invalids, 0), max(r.Counts.Processed, 0)
	return outcomeOf(r) == "FAILED" || r.Counts.Failed > 0 || float64(invalid) > 0.01*float64(invalid+processed)
}

func endOf(r sim.Run) time.Time {
	if r.CompletedAt.IsZero() {
		return r.CreatedAt
	}
	return r.CompletedAt
}

// expressions are what crons are drawn from.
var expressions = []string{"*/20 * * * *", "0 6 * * 1-5", "30 */4 * * *"}

// isDue tells whether the schedule of s names the minute that t is in.
func isDue(s sim.Sync, t time.Time) bool {
	weekday := t.Weekday() >= time.Monday && t.Weekday() <= time.Friday
	switch s.Frequency {
	case "continuous":
		return true
	case "quarter_hourly":
		return t.Minute()%15 == 0
	case "hourly":
		return t.Minute() == s.Minute
	case "daily":
		return t.Hour() == s.Hour && t.Minute() == s.Minute
	case "weekly":
		return t.Hour() == s.Hour && t.Minute() == s.Minute && strings.EqualFold(t.Weekday().String(), s.Day)
	}
	return s.Cron == expressions[0] && t.Minute()%20 == 0 || s.Cron == expressions[1] && t.Hour() == 6 && t.Minute() == 0 && weekday ||
		s.Cron == expressions[2] && t.Hour()%4 == 0 && t.Minute() == 30
}

// lateness is which execution is the next that the schedule promised, and since
// when it is overdue, if by more than is usual.
func lateness(s sim.Sync, real []sim.Run, busy bool) (due time.Time, late time.Duration, scheduled bool) {
	if s.Paused || s.Frequency == "never" {
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
