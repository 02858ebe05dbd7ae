package proof

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // for machines without a time zone database

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// A bucket is a bucket of a series in an answer.
type bucket struct {
	StartsAt time.Time
	tally
}

// A seriesQuery is a random query of the field series.
type seriesQuery struct {
	unit, zone string
	alsoWeeks  bool // also query a series by weeks in UTC
	groups     groupsQuery
}

// zones do not change their clocks at midnight, so that each day begins at midnight.
var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"}

func (w *world) drawSeries(f filter) seriesQuery {
	s := seriesQuery{zone: rapid.SampledFrom(zones).Draw(w.T, "zone"), alsoWeeks: rapid.IntRange(0, 3).Draw(w.T, "two series") == 0}
	units := []string{"DAY", "DAY", "WEEK"}
	if !f.since.IsZero() { // a series has at most 1,000 buckets
		units = append(units, "HOUR", "HOUR", "QUARTER_HOUR")
	}
	s.groups = w.drawGroups()
	s.unit = rapid.SampledFrom(units).Draw(w.T, "unit")
	return s
}

func (s seriesQuery) fields() string {
	zone := fmt.Sprintf(", timeZone: %q", s.zone)
	if s.zone == "UTC" {
		zone = ""
	}
	other := ""
	if s.alsoWeeks {
		other = "other: series(bucket: WEEK) { startsAt " + tallyFields + " }"
	}
	return fmt.Sprintf("{ %s failures: count(outcomes: [FAILED, SKIPPED]) successRate cleanRate %s errors(first: 200) { key template syncCount firstSeenAt code count lastSeenAt latestRun { id errorMessage } } lastSuccessAt truncated series(bucket: %s%s) { startsAt failures: count(outcomes: [FAILED, SKIPPED]) %s } %s }",
		tallyFields, s.groups.fields(), s.unit, zone, tallyFields, other)
}

// start returns the start of the period of t, on a clock of its zone, and the start of the next
// period.
func start(unit string, t time.Time) (from, to time.Time) {
	y, m, d := t.Date()
	switch unit {
	case "QUARTER_HOUR":
		from = t.Truncate(15 * time.Minute)
		return from, from.Add(15 * time.Minute)
	case "HOUR":
		from = t.Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
		return from, from.Add(time.Hour)
	case "WEEK":
		for time.Date(y, m, d, 12, 0, 0, 0, t.Location()).Weekday() != time.Monday {
			d--
		}
		return time.Date(y, m, d, 0, 0, 0, 0, t.Location()), time.Date(y, m, d+7, 0, 0, 0, 0, t.Location())
	}
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location()), time.Date(y, m, d+1, 0, 0, 0, 0, t.Location())
}

func (w *world) checkSeries(f filter, unit, zone string, got []bucket, runs []sim.Run) {
	in, err := time.LoadLocation(zone)
	if err != nil {
		w.Fatal(err)
	}
	since, before := f.since, f.before
	if since.IsZero() && len(runs) > 0 {
		since = slices.MinFunc(runs, byCreation).CreatedAt
	}
	if before.IsZero() {
		before = now.Add(time.Millisecond)
	}
	of := fmt.Sprintf("%s by %s of %s", f.text, unit, zone)
	if since.IsZero() || !since.Before(before) {
		if len(got) > 0 {
			w.Fatalf("%s: %d buckets without runs", of, len(got))
		}
		return
	}
	at, end := start(unit, since.In(in))
	for i := 0; ; i++ {
		if i == len(got) || !got[i].StartsAt.Equal(at) {
			w.Fatalf("%s: of %d buckets, number %d does not start at %s", of, len(got), i, at)
		}
		var inside []sim.Run
		for _, r := range runs {
			if !r.CreatedAt.Before(at) && r.CreatedAt.Before(end) {
				inside = append(inside, r)
			}
		}
		w.checkTally(fmt.Sprintf("%s from %s", of, at), got[i].tally, inside)
		if !end.Before(before) {
			if i+1 < len(got) {
				w.Fatalf("%s: %d buckets, want %d", of, len(got), i+1)
			}
			return
		}
		at, end = start(unit, end)
	}
}
