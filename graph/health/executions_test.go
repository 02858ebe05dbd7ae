package health

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

// Even when clocks change, the executions are the minutes at which the local time first matches
// the expression.
func TestLawExecutions(t *testing.T) {
	type change struct{ zone, near string }
	changes := []change{
		{"Europe/Berlin", "2026-03-29T01:00:00Z"}, {"Europe/Berlin", "2026-10-25T01:00:00Z"},
		{"America/New_York", "2026-03-08T07:00:00Z"}, {"America/New_York", "2026-11-01T06:00:00Z"},
		{"Australia/Lord_Howe", "2026-04-04T15:00:00Z"}, {"Australia/Lord_Howe", "2026-10-03T15:30:00Z"},
		{"Pacific/Apia", "2011-12-30T10:00:00Z"}, {"Asia/Kathmandu", "2026-03-29T01:00:00Z"}, {"UTC", "2026-03-29T01:00:00Z"},
	}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(changes).Draw(t, "change")
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		near, err := time.Parse(time.RFC3339, c.near)
		if err != nil {
			t.Fatal(err)
		}
		step := rapid.SampledFrom([]int{60, 30, 20, 7}).Draw(t, "step")
		first := rapid.IntRange(0, step-1).Draw(t, "minute")
		hour := rapid.IntRange(-1, 5).Draw(t, "hour") // -1 for every hour
		day := rapid.IntRange(-1, 6).Draw(t, "day")
		cron := fmt.Sprintf("%d-59/%d ", first, step)
		due := func(wall time.Time) bool {
			return wall.Minute() >= first && (wall.Minute()-first)%step == 0 && (hour < 0 || wall.Hour() == hour) && (day < 0 || int(wall.Weekday()) == day)
		}
		field := func(n int) string {
			if n < 0 {
				return "*"
			}
			return fmt.Sprint(n)
		}
		cron += field(hour) + " * * " + field(day) + " " + c.zone
		frequency := "expression"
		s, err := ParseSchedule(census.SyncSchedule{Frequency: &frequency, CronExpression: &cron})
		if err != nil {
			t.Fatal(err)
		}
		after := near.Add(time.Duration(rapid.IntRange(-36*60, 6*60).Draw(t, "after"))*time.Minute + time.Duration(rapid.IntRange(0, 59).Draw(t, "s"))*time.Second)
		before := after.Add(time.Duration(rapid.IntRange(0, 48*60).Draw(t, "length")) * time.Minute)
		n := rapid.SampledFrom([]int{0, 1, 5, 10_000}).Draw(t, "n")

		const layout = "2006-01-02 15:04"
		shown := map[string]bool{} // local times of the zone
		var want []time.Time
		for at := after.Add(-30 * time.Hour).Truncate(time.Minute); at.Before(before); at = at.Add(time.Minute) {
			wall := at.In(zone)
			again := shown[wall.Format(layout)]
			shown[wall.Format(layout)] = true
			if !again && due(wall) && at.After(after) && len(want) < n {
				want = append(want, at)
			}
		}
		if got := s.Executions(after, before, n); !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%q from %s to %s:\n%v, want\n%v", cron, after, before, got, want)
		}
	})
}

func TestExecutionsOf(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(minutes, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	end := at("9999-12-31 23:59")
	for _, test := range []struct {
		frequency, cron, after string
		n                      int
		want                   []string
	}{
		{"hourly", "", "2026-03-04 12:00", 2, []string{"2026-03-04 13:00", "2026-03-04 14:00"}},
		{"never", "", "2026-03-04 12:00", 2, nil},
		{"continuous", "", "2026-03-04 12:00", 2, nil},
		{"expression", "* * * * *", "2026-03-04 12:00", 2, []string{"2026-03-04 12:01", "2026-03-04 12:02"}},
		{"expression", "@every 90m", "2026-03-04 12:00", 2, nil},
		{"expression", "0 0 29 2 *", "2026-03-04 12:00", 5, []string{"2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"}}, // 2040 is too far
		{"expression", "0 0 1 1 *", "9999-03-04 12:00", 5, nil},
	} {
		s, err := ParseSchedule(census.SyncSchedule{Frequency: &test.frequency, CronExpression: &test.cron})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, t := range s.Executions(at(test.after), end, test.n) {
			got = append(got, t.Format(minutes))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s %s: %v, want %v", test.frequency, test.cron, got, test.want)
		}
	}
}
