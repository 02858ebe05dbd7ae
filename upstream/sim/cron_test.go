package sim

import (
	"testing"
	"time"
)

func TestCron(t *testing.T) {
	const layout = "Mon 2006-01-02 15:04"
	for _, test := range []struct{ cron, from, want string }{
		{"* * * * *", "Wed 2026-03-04 12:23", "Wed 2026-03-04 12:24"},
		{"*/15 * * * *", "Wed 2026-03-04 12:23", "Wed 2026-03-04 12:30"},
		{"*/15 * * * *", "Wed 2026-03-04 12:45", "Wed 2026-03-04 13:00"},
		{"5 * * * *", "Wed 2026-03-04 12:04", "Wed 2026-03-04 12:05"},
		{"5 * * * *", "Wed 2026-03-04 23:05", "Thu 2026-03-05 00:05"},
		{"30 6 * * *", "Wed 2026-03-04 06:30", "Thu 2026-03-05 06:30"},
		{"0 7 * * 1", "Wed 2026-03-04 12:00", "Mon 2026-03-09 07:00"},
		{"10 2,14 * * 0,6", "Sat 2026-02-28 14:10", "Sun 2026-03-01 02:10"},
	} {
		from, err := time.Parse(layout, test.from)
		if err != nil {
			t.Fatal(err)
		}
		for _, late := range []time.Duration{0, 59999 * time.Millisecond} {
			got := clock(parseCron(test.cron).next(from.Add(late).UnixMilli())).Format(layout)
			if got != test.want {
				t.Errorf("%q after %s and %s is %s, want %s", test.cron, test.from, late, got, test.want)
			}
		}
	}
}
