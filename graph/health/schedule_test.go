package health

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream"
)

const minutes = "2006-01-02 15:04"

func TestScheduleNext(t *testing.T) {
	n := func(v int32) *int32 { return &v }
	for _, test := range []struct {
		frequency  string
		day        string
		hour, min  *int32
		cron       string
		from, want string // "": there is no schedule
	}{
		{"never", "", nil, nil, "", "2026-03-04 12:00", ""},
		{"fortnightly", "", nil, nil, "", "2026-03-04 12:00", ""},
		{"continuous", "", nil, nil, "", "2026-03-04 12:00", "2026-03-04 12:01"},
		{"quarter_hourly", "", nil, nil, "", "2026-03-04 12:00", "2026-03-04 12:15"},
		{"hourly", "", nil, n(5), "", "2026-03-04 12:04", "2026-03-04 12:05"},
		{"hourly", "", nil, n(5), "", "2026-03-04 23:05", "2026-03-05 00:05"},
		{"Hourly", "", nil, nil, "", "2026-03-04 12:04", "2026-03-04 13:00"},
		{"hourly", "", nil, n(61), "", "2026-03-04 12:04", ""},
		{"daily", "", n(6), n(30), "", "2026-03-04 06:30", "2026-03-05 06:30"},
		{"daily", "", n(0), nil, "", "2026-03-04 06:30", "2026-03-05 00:00"},
		{"daily", "", n(24), n(10), "", "2026-02-28 06:30", "2026-03-01 00:10"},
		{"daily", "", nil, n(10), "", "2026-02-28 06:30", ""},
		{"daily", "", n(25), n(10), "", "2026-02-28 06:30", ""},
		{"weekly", "Monday", n(7), n(0), "", "2026-03-04 12:00", "2026-03-09 07:00"},
		{"weekly", "sat", n(24), n(0), "", "2026-03-04 12:00", "2026-03-08 00:00"},
		{"weekly", "Someday", n(7), n(0), "", "2026-03-04 12:00", ""},
		{"expression", "", nil, nil, "*/20 * * * *", "2026-03-04 12:00", "2026-03-04 12:20"},
		{"expression", "", nil, nil, "0 0 29 feb *", "2096-03-01 12:00", "2104-02-29 00:00"},
		{"expression", "", nil, nil, "0 0 30 2 *", "2026-03-04 12:00", ""},
		{"expression", "", nil, nil, "", "2026-03-04 12:00", ""},
	} {
		text := func(s string) *string {
			if s == "" {
				return nil
			}
			return &s
		}
		s, ok := ParseSchedule(upstream.SyncSchedule{Frequency: &test.frequency, Day: text(test.day), Hour: test.hour, Minute: test.min, CronExpression: text(test.cron)})
		if ok != (test.want != "") {
			t.Errorf("%s %s: %t", test.frequency, test.cron, ok)
		}
		if !ok {
			continue
		}
		from, _ := time.Parse(minutes, test.from)
		if got := s.Next(from.Add(59 * time.Second)).Format(minutes); got != test.want {
			t.Errorf("%s %s after %s is %s, want %s", test.frequency, test.cron, test.from, got, test.want)
		}
	}
	if _, ok := ParseSchedule(upstream.SyncSchedule{}); ok {
		t.Error("a schedule of nothing")
	}
}

func TestCron(t *testing.T) {
	for _, test := range []struct{ cron, from, want string }{ // 4 March 2026 is a Wednesday
		{"0 9-17/4 * * 1-5", "2026-03-06 17:00", "2026-03-09 09:00"},
		{"15,45 * * * *", "2026-03-04 12:15", "2026-03-04 12:45"},
		{"5/20 * * * *", "2026-03-04 12:26", "2026-03-04 12:45"},
		{"0 0 * JAN-MAR mon,Fri", "2026-03-31 12:00", "2027-01-01 00:00"},
		{"0 0 * * 7", "2026-03-04 12:00", "2026-03-08 00:00"},
		{"0 0 * * 5-7", "2026-03-07 12:00", "2026-03-08 00:00"},
		{"0 0 13 * 5", "2026-03-04 12:00", "2026-03-06 00:00"},           // either
		{"0 0 13 * 5", "2026-03-06 12:00", "2026-03-13 00:00"},           // both
		{"0 0 */2 * 5", "2026-03-04 12:00", "2026-03-13 00:00"},          // a star: both, crontab(5)
		{"0 0 ? * sat", "2026-03-04 12:00", "2026-03-07 00:00"},          //
		{"59 23 31 12 *", "2026-12-31 23:59", "2027-12-31 23:59"},        //
		{"0 0 31 * *", "2026-03-31 00:00", "2026-05-31 00:00"},           // April has none
		{"0 0 29 2 */7", "2032-02-29 00:00", "2060-02-29 00:00"},         // a leap day on a Sunday
		{"0 0 29 2 */7", "2088-02-29 00:00", "2128-02-29 00:00"},         // none in 2100
		{"  0   0  1,15  *  * ", "2026-03-04 12:00", "2026-03-15 00:00"}, //
	} {
		c, err := parseCron(test.cron)
		if err != nil {
			t.Errorf("%q: %v", test.cron, err)
			continue
		}
		from, _ := time.Parse(minutes, test.from)
		if got := c.next(from).Format(minutes); got != test.want {
			t.Errorf("%q after %s is %s, want %s", test.cron, test.from, got, test.want)
		}
	}
	for _, bad := range []string{
		"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *",
		"*/99999999999999999999 * * * *", "*/9223372036854775807 * * * *", "1//2 * * * *", "a * * * *", "-1 * * * *", "+1 * * * *", ", * * * *", "* * * anf *", "* * L * *", "* * * * 5#2", "0 0 31 2,4 *", "@daily",
	} {
		if c, err := parseCron(bad); err == nil {
			t.Errorf("%q is %+v", bad, c)
		}
	}
}

// Next and Prev against a walk over minutes, and against each other.
func TestLawNextAndPrev(t *testing.T) {
	field := func(low, high int, names ...string) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			number := rapid.IntRange(low, high)
			switch rapid.IntRange(0, 6).Draw(t, "kind") {
			case 0:
				return itoa(number.Draw(t, "a"))
			case 1:
				a := number.Draw(t, "a")
				return itoa(a) + "-" + itoa(rapid.IntRange(a, high).Draw(t, "b"))
			case 2:
				return "*/" + itoa(rapid.IntRange(1, high).Draw(t, "step"))
			case 3:
				return itoa(number.Draw(t, "a")) + "," + itoa(number.Draw(t, "b"))
			}
			return "*"
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		text := field(0, 59).Draw(t, "minute") + " " + field(0, 23).Draw(t, "hour") + " " + field(1, 31).Draw(t, "day") + " " +
			field(1, 12).Draw(t, "month") + " " + field(0, 7).Draw(t, "weekday")
		c, err := parseCron(text)
		if err != nil {
			return // never due
		}
		at := time.Unix(rapid.Int64Range(0, 3e9).Draw(t, "from"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
		next := c.next(at)
		if !next.After(at) || !c.at(next) || next.Second() != 0 || next.Nanosecond() != 0 {
			t.Fatalf("%q: next after %s is %s", text, at, next)
		}
		for m, n := at.Truncate(time.Minute).Add(time.Minute), 0; m.Before(next) && n < 3000; m, n = m.Add(time.Minute), n+1 {
			if c.at(m) {
				t.Fatalf("%q: %s comes before %s", text, m, next)
			}
		}
	})
}

// at tells whether c is due at a whole minute.
func (c cron) at(t time.Time) bool {
	return c.due(t) && c.hours>>t.Hour()&1 == 1 && c.minutes>>t.Minute()&1 == 1
}

func FuzzCron(f *testing.F) {
	f.Add("*/15 0-23/2 1,15 jan-dec mon-fri")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := parseCron(text); err == nil {
			if from := time.Unix(1.77e9, 0); !c.next(from).After(from) || !c.at(c.next(from)) {
				t.Errorf("%q", text)
			}
		}
	})
}
