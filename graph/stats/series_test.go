package stats

import (
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

func mustZone(t rapid.TB, name string) *time.Location {
	t.Helper()
	zone, err := Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

var someZones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe",
	"America/St_Johns", "Pacific/Chatham", "Africa/Casablanca", "America/Havana", "Asia/Beirut", "Pacific/Apia",
}

// endsOf returns the end of each bucket, which is the start of the next.
func endsOf(buckets []Bucket, cal calendar) []census.DateTime {
	ends := make([]census.DateTime, len(buckets))
	for i := range buckets {
		if i > 0 {
			ends[i-1] = buckets[i].StartsAt
		}
		ends[i] = cal.nextUnit(quarterOf(buckets[i].StartsAt)).start()
	}
	return ends
}

// The buckets cover the range without gaps. Each starts with a local unit and holds the runs
// created in it.
func TestLawSeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := mustZone(t, rapid.SampledFrom(someZones).Draw(t, "zone"))
		unit := rapid.SampledFrom([]Unit{QuarterHour, Hour, Day, Week}).Draw(t, "unit")
		span := map[Unit]census.DateTime{QuarterHour: 10 * days, Hour: 40 * days, Day: 700 * days, Week: 700 * days}[unit]
		since := dateTime("2019-01-01T00:00:00Z") + census.DateTime(rapid.Int64Range(0, int64(8*365*days)).Draw(t, "since"))
		before := since + 1 + census.DateTime(rapid.Int64Range(0, int64(span)).Draw(t, "span"))
		runs := rapid.SliceOfN(runFrom(since, before-since), 0, 30).Draw(t, "runs")
		buckets, err := splitDigests(t, runs).Series(unit, zone, since, before)
		if err != nil {
			t.Fatal(err)
		}
		ends := endsOf(buckets, calendar{unit, zone})
		if first, last := buckets[0], len(buckets)-1; first.StartsAt > since || ends[0] <= since ||
			buckets[last].StartsAt >= before || ends[last] < before {
			t.Fatalf("the range is %s to %s, the buckets %s to %s", since, before, first.StartsAt, ends[last])
		}
		total := 0
		for i := range buckets {
			b := &buckets[i]
			checkStart(t, unit, b.StartsAt.Time().In(zone), ends[i].Time().In(zone))
			var inside []census.SyncRun
			for _, r := range runs {
				if r.CreatedAt >= b.StartsAt && r.CreatedAt < ends[i] {
					inside = append(inside, r)
				}
			}
			checkTally(t, &b.Tally, inside)
			total += b.TotalRuns()
		}
		if total != len(runs) {
			t.Fatalf("%d of %d runs are in the series", total, len(runs))
		}
	})
}

// For its scale, a Digest of one scale agrees with one of all scales. A Digest of no scale agrees
// in everything but Series.
func TestLawScales(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := Scale{rapid.SampledFrom([]Unit{Hour, Day, Week, QuarterHour}).Draw(t, "unit"), mustZone(t, rapid.SampledFrom(someZones).Draw(t, "zone"))}
		since := rapid.SampledFrom([]census.DateTime{1, march}).Draw(t, "since")
		span := 20 * days
		if scale.Unit == QuarterHour {
			span = 10 * days
		}
		runs := rapid.SliceOfN(runFrom(since, span), 0, 60).Draw(t, "runs")
		all, one, half, none := new(Digest), NewDigest([]Scale{scale}), NewDigest([]Scale{scale}), NewDigest(nil)
		for i := range runs {
			all.Add(&runs[i])
			none.Add(&runs[i])
			rapid.SampledFrom([]*Digest{one, half}).Draw(t, "into").Add(&runs[i])
		}
		one.Merge(half)
		values := func(d *Digest) (out []any) {
			buckets, err := d.Series(scale.Unit, scale.Zone, since, since+span)
			if err != nil {
				t.Fatal(err)
			}
			for i := range buckets {
				b := &buckets[i]
				out = append(out, b.StartsAt, b.TotalRuns(), b.ByOutcome(), b.Records(), b.Durations())
			}
			return out
		}
		if diff := gocmp.Diff(values(all), values(one)); diff != "" {
			t.Fatalf("of all scales and of one (-all +one):\n%s", diff)
		}
		checkTally(t, &none.Tally, runs)
		checkErrors(t, none.Errors(0), runs)
	})
}

func checkStart(t *rapid.T, unit Unit, start, end time.Time) {
	length := end.Sub(start)
	ok := false
	switch unit {
	case QuarterHour:
		ok = length == 15*time.Minute && start.Minute()%15 == 0
	case Hour:
		ok = length == time.Hour && start.Minute() == 0 ||
			start.Location().String() == "Australia/Lord_Howe" && (length == 30*time.Minute || length == 90*time.Minute)
	case Day:
		ok = start.Hour() <= 1 && start.Minute() == 0 && start.Day() != start.Add(-time.Minute).Day() &&
			length >= 23*time.Hour && length <= 25*time.Hour
	case Week:
		ok = start.Hour() <= 1 && start.Weekday() == time.Monday && start.Add(-time.Minute).Weekday() == time.Sunday &&
			length >= 167*time.Hour && length <= 169*time.Hour
	}
	if !ok {
		t.Fatalf("a %s from %s to %s", unit, start, end)
	}
}

func TestSeriesWhereClocksAreSet(t *testing.T) {
	for _, test := range []struct {
		zone, since, before string
		unit                Unit
		want                string
	}{
		{"Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T02:30:00Z", Hour, "01:00 +1h0m0s, 03:00 +1h0m0s, 04:00 +1h0m0s"},
		{"Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z", Hour, "02:00 +1h0m0s, 02:00 +1h0m0s"},
		{"Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", Day, "00:00 +24h0m0s, 00:00 +23h0m0s, 00:00 +24h0m0s"},
		{"America/New_York", "2026-11-01T12:00:00Z", "2026-11-02T12:00:00Z", Day, "00:00 +25h0m0s, 00:00 +24h0m0s"},
		{"America/New_York", "2026-03-09T12:00:00Z", "2026-03-09T12:00:01Z", Week, "00:00 +168h0m0s"},
		{"America/New_York", "2026-03-08T12:00:00Z", "2026-03-08T12:00:01Z", Week, "00:00 +167h0m0s"},
		{"Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z", Hour, "05:00 +1h0m0s, 06:00 +1h0m0s"},
		{"Australia/Lord_Howe", "2026-04-04T14:00:00Z", "2026-04-04T16:30:00Z", Hour, "01:00 +1h30m0s, 02:00 +1h0m0s"},
		{"Australia/Lord_Howe", "2026-10-03T15:00:00Z", "2026-10-03T17:00:00Z", Hour, "01:00 +1h0m0s, 02:30 +30m0s, 03:00 +1h0m0s"},
		{"Asia/Beirut", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", Day, "00:00 +24h0m0s, 01:00 +23h0m0s"}, // no midnight that day
		{"Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z", Day, "00:00 +24h0m0s, 00:00 +24h0m0s, 00:00 +24h0m0s"},
		{"UTC", "1970-01-01T00:00:01Z", "1970-01-02T00:00:00Z", Week, "00:00 +168h0m0s"},
	} {
		buckets, err := new(Digest).Series(test.unit, mustZone(t, test.zone), dateTime(test.since), dateTime(test.before))
		var got []string
		zone := mustZone(t, test.zone)
		for i, end := range endsOf(buckets, calendar{test.unit, zone}) {
			start := buckets[i].StartsAt
			got = append(got, fmt.Sprintf("%s +%s", start.Time().In(zone).Format("15:04"), end.Sub(start)))
		}
		if text := strings.Join(got, ", "); err != nil || text != test.want {
			t.Errorf("%s of %s from %s: %s, %v; want %s", test.unit, test.zone, test.since, text, err, test.want)
		}
	}
}

func TestSeriesLimits(t *testing.T) {
	d := new(Digest)
	run := census.SyncRun{ID: 1, Status: census.StatusCompleted, CreatedAt: march}
	d.Add(&run)
	utc := time.UTC
	from := dateTime("2026-01-01T00:00:00Z")
	for name, test := range map[string]struct {
		unit          Unit
		since, before census.DateTime
		buckets       int
		err           string
	}{
		"1,000 hours":    {Hour, from, from + 1000*3_600_000, 1000, ""},
		"1,001 hours":    {Hour, from, from + 1000*3_600_000 + 1, 0, "at most 1000 buckets, and the range from 2026-01-01T00:00:00.000Z to 2026-02-11T16:00:00.001Z has more by HOUR"},
		"all time":       {Hour, 1, dateTime("9999-12-31T23:59:59Z"), 0, "at most 1000 buckets"},
		"a bad unit":     {"MONTH", from, from + 1, 0, "bucket must be"},
		"without ends":   {Day, 0, 0, 1, ""},
		"without end":    {Day, march - 2*days, 0, 3, ""},
		"without start":  {Day, 0, march + 2*days, 3, ""},
		"empty":          {Day, from, from, 0, ""},
		"backwards":      {Day, from + 1, from, 0, ""},
		"after all runs": {Day, march + days, 0, 0, ""},
	} {
		buckets, err := d.Series(test.unit, utc, test.since, test.before)
		if len(buckets) != test.buckets || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %d buckets, %v", name, len(buckets), err)
		}
	}
}

func TestZone(t *testing.T) {
	for _, name := range []string{"", "Local", "localtime", "posixrules", "right/UTC", "europe/berlin", "Mars/Olympus", "../etc/passwd", "+01:00", strings.Repeat("x", 1000)} {
		if zone, err := Zone(name); err == nil || zone != nil || len(err.Error()) > 160 {
			t.Errorf("%q: %v, %v", name, zone, err)
		}
	}
	if zone, err := Zone("UTC"); zone != time.UTC || err != nil {
		t.Errorf("UTC: %v, %v", zone, err)
	}
}
