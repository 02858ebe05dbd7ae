package health

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

const minutes = "2006-01-02 15:04"

func TestScheduleNext(t *testing.T) {
	n := func(v int32) *int32 { return &v }
	for _, test := range []struct {
		frequency  string
		day        string
		hour, min  *int32
		cron       string
		from, want string // "" if the schedule is invalid
	}{
		{"never", "", nil, nil, "", "2026-03-04 12:00", "never"},
		{" Never ", "", nil, nil, "", "2026-03-04 12:00", "never"},
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
		{"weekly", "thurs", n(7), n(0), "", "2026-03-04 12:00", "2026-03-05 07:00"},
		{"weekly", "", n(7), n(0), "", "2026-03-04 12:00", ""},
		{"weekly", "3", n(7), n(0), "", "2026-03-04 12:00", ""},
		{"weekly", "mo", n(7), n(0), "", "2026-03-04 12:00", ""},
		{"", "", nil, nil, "0 5 * * *", "2026-03-04 12:00", "2026-03-05 05:00"},
		{"expression", "", nil, nil, "@every 90m", "2026-03-04 12:00", "2026-03-04 13:30"},
		{"expression", "", nil, nil, "@every 30s", "2026-03-04 12:00", ""},
		{"expression", "", nil, nil, "@every -1h", "2026-03-04 12:00", ""},
		{"expression", "", nil, nil, "@every 9999999h", "2026-03-04 12:00", ""},
		{"expression", "", nil, nil, "@every", "2026-03-04 12:00", ""},
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
		s, err := ParseSchedule(census.SyncSchedule{Frequency: text(test.frequency), Day: text(test.day), Hour: test.hour, Minute: test.min, CronExpression: text(test.cron)})
		if (err == nil) != (test.want != "") || err == nil && s.Never() != (test.want == "never") {
			t.Errorf("%s %s %s: %v", test.frequency, test.day, test.cron, err)
		}
		if err != nil || s.Never() {
			continue
		}
		from, _ := time.Parse(minutes, test.from)
		if got := s.Next(from.Add(59 * time.Second)).Format(minutes); got != test.want {
			t.Errorf("%s %s after %s is %s, want %s", test.frequency, test.cron, test.from, got, test.want)
		}
	}
	if _, err := ParseSchedule(census.SyncSchedule{}); err == nil {
		t.Error("the empty schedule is valid")
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
		{"0 0 31 * *", "2026-03-31 00:00", "2026-05-31 00:00"},           // April has 30 days
		{"0 0 29 2 */7", "2032-02-29 00:00", "2060-02-29 00:00"},         // a leap day on a Sunday
		{"0 0 29 2 */7", "2088-02-29 00:00", "2128-02-29 00:00"},         // 2100 is not a leap year
		{"  0   0  1,15  *  * ", "2026-03-04 12:00", "2026-03-15 00:00"}, //
		{"\t0 0\n1,15 * *", "2026-03-04 12:00", "2026-03-15 00:00"},

		{"@yearly", "2026-03-04 12:00", "2027-01-01 00:00"},
		{"@annually", "2026-03-04 12:00", "2027-01-01 00:00"},
		{"@monthly", "2026-03-04 12:00", "2026-04-01 00:00"},
		{"@weekly", "2026-03-04 12:00", "2026-03-08 00:00"},
		{"@Daily", "2026-03-04 12:00", "2026-03-05 00:00"},
		{"@midnight", "2026-03-04 12:00", "2026-03-05 00:00"},
		{"@hourly", "2026-03-04 12:00", "2026-03-04 13:00"},
		{"@daily America/New_York", "2026-03-04 12:00", "2026-03-05 05:00"},

		{"0 5 * * sunday", "2026-03-04 12:00", "2026-03-08 05:00"},
		{"0 5 * * Tues,THURSDAY", "2026-03-04 12:00", "2026-03-05 05:00"},
		{"0 5 1 january *", "2026-03-04 12:00", "2027-01-01 05:00"},
		{"0 5 1 Sept,december *", "2026-03-04 12:00", "2026-09-01 05:00"},
		{"0 5 * * monday-friday", "2026-03-06 12:00", "2026-03-09 05:00"},

		{"0 5 * * fri-mon", "2026-03-04 12:00", "2026-03-06 05:00"},
		{"0 5 * * fri-mon", "2026-03-09 12:00", "2026-03-13 05:00"},
		{"0 5 * * sat-sun", "2026-03-08 12:00", "2026-03-14 05:00"},
		{"0 5 * * 7-2", "2026-03-04 12:00", "2026-03-08 05:00"},
		{"0 5 * * 7-7", "2026-03-04 12:00", "2026-03-08 05:00"},
		{"0 5 * * 0-7", "2026-03-04 12:00", "2026-03-05 05:00"},
		{"0 5 * * sun-sat", "2026-03-04 12:00", "2026-03-05 05:00"},
		{"0 5 * * 5/2", "2026-03-06 12:00", "2026-03-13 05:00"}, // up to Saturday, the last day
		{"0 5 * * fri-tue/2", "2026-03-06 12:00", "2026-03-08 05:00"},
		{"0 22-2 * * *", "2026-03-04 12:00", "2026-03-04 22:00"},
		{"0 22-2 * * *", "2026-03-04 23:00", "2026-03-05 00:00"},
		{"0 22-2 * * *", "2026-03-05 02:00", "2026-03-05 22:00"},
		{"0 22-2/2 * * *", "2026-03-04 22:00", "2026-03-05 00:00"},
		{"55-5 * * * *", "2026-03-04 12:05", "2026-03-04 12:55"},
		{"50-10/10 * * * *", "2026-03-04 12:10", "2026-03-04 12:50"},
		{"0 0 30-2 * *", "2026-03-02 00:00", "2026-03-30 00:00"},
		{"0 0 1 nov-feb *", "2026-03-02 00:00", "2026-11-01 00:00"},
		{"0 0 1 nov-feb *", "2026-12-02 00:00", "2027-01-01 00:00"},
		{"0-30/10,45 5,6-8,23 * * *", "2026-03-04 08:30", "2026-03-04 08:45"},

		{"*/90 * * * *", "2026-03-04 12:00", "2026-03-04 13:00"}, // only the first minute
		{"30/90 * * * *", "2026-03-04 12:00", "2026-03-04 12:30"},
		{"0 */36 * * *", "2026-03-04 12:00", "2026-03-05 00:00"},
		{"*/99999999999999999999 * * * *", "2026-03-04 12:00", "2026-03-04 13:00"},
		{"*/9223372036854775807 * * * *", "2026-03-04 12:00", "2026-03-04 13:00"},

		{"0 30 5 * * *", "2026-03-04 12:00", "2026-03-05 05:30"}, // with seconds
		{"*/15 30 5 * * mon", "2026-03-04 12:00", "2026-03-09 05:30"},
		{"0 0 12 ? * wed", "2026-03-04 12:00", "2026-03-11 12:00"},
		{"0 0 12 1 * ?", "2026-03-04 12:00", "2026-04-01 12:00"},
		{"0 30 5 * * * *", "2026-03-04 12:00", "2026-03-05 05:30"}, // with seconds and a year

		{"0 5 * * * UTC", "2026-03-04 12:00", "2026-03-05 05:00"},
		{"0 5 * * * GMT", "2026-03-04 12:00", "2026-03-05 05:00"},
		{"0 5 * * * Europe/Berlin", "2026-03-04 12:00", "2026-03-05 04:00"},
		{"0 5 * * * europe/berlin", "2026-07-04 12:00", "2026-07-05 03:00"},
		{"0 30 5 * * * Europe/Berlin", "2026-03-04 12:00", "2026-03-05 04:30"},
		{"TZ=Asia/Tokyo 0 5 * * mon", "2026-03-04 12:00", "2026-03-08 20:00"},
		{"CRON_TZ=Asia/Kathmandu 0 5 * * *", "2026-03-04 12:00", "2026-03-04 23:15"},
		{"0 20 31 12 * America/New_York", "2026-03-04 12:00", "2027-01-01 01:00"},
		// Clocks change from 2 to 3 o'clock on 29 March, and from 3 to 2 on 25 October.
		{"30 2 * * * Europe/Berlin", "2026-03-28 12:00", "2026-03-30 00:30"},
		{"30 2 * * * Europe/Berlin", "2026-10-24 12:00", "2026-10-25 00:30"},
		{"30 2 * * * Europe/Berlin", "2026-10-25 00:30", "2026-10-26 01:30"},
		{"30 * * * * Europe/Berlin", "2026-10-25 00:30", "2026-10-25 02:30"},
		{"0 12 30 12 * Pacific/Apia", "2011-06-01 00:00", "2012-12-29 22:00"}, // this day did not exist there in 2011
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
		"", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 0 *", "* * * 13 *", "* * * * 8", "*/0 * * * *", "*/-1 * * * *", "*/ * * * *", "*/x * * * *",
		"1//2 * * * *", "a * * * *", "-1 * * * *", "+1 * * * *", "1- * * * *", "-5 * * * *", ", * * * *", "1, * * * *", "* * * anf *", "* * * ja *", "* * * januari *", "* * * * su",
		"* * * * sundays", "sun * * * *", "* * * mon *", "* * * * jan", "1-2-3 * * * *", "*-5 * * * *", "*5 * * * *",
		"0 5 L * *", "0 5 15W * *", "* * * * 5#2", "H 5 * * *", "0~30 5 * * *", "0 0 31 2,4 *",
		"? 5 * * *", "0 ? * * *", "0 5 * ? *", "0 10 * * ? *", "60 0 5 * * *", "0 5 * * * 2026", "0 0 5 * * * 2026", "0 0 0 5 * * * *",
		"0 5 * * * Mars/Olympus", "0 5 * * * +02:00", "0 5 * * * CEST", "0 5 * * * localtime", "0 5 * * * right/UTC", "0 5 * * UTC", "UTC 0 5 * * *", "0 5 * * * UTC UTC",
		"TZ=Mars/Olympus 0 5 * * *", "TZ= 0 5 * * *", "TZ=UTC", "CRON_TZ=UTC 0 5 * *", "@reboot", "@fortnightly", "@", "@daily 5", "@daily @daily", "@every 1h", "every day",
		"0 ٥ * * *", "0 5 * * *\x00",
	} {
		if c, err := parseCron(bad); err == nil {
			t.Errorf("%q is %+v", bad, c)
		}
	}
}

// Next agrees with a search through all minutes, in any zone.
func TestLawNext(t *testing.T) {
	field := func(low, high int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			number := rapid.IntRange(low, high)
			switch rapid.IntRange(0, 6).Draw(t, "kind") {
			case 0:
				return itoa(number.Draw(t, "a"))
			case 1:
				a := number.Draw(t, "a")
				return itoa(a) + "-" + itoa(number.Draw(t, "b"))
			case 2:
				return "*/" + itoa(rapid.IntRange(1, 2*high).Draw(t, "step"))
			case 3:
				return itoa(number.Draw(t, "a")) + "," + itoa(number.Draw(t, "b"))
			}
			return "*"
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		text := field(0, 59).Draw(t, "minute") + " " + field(0, 23).Draw(t, "hour") + " " + field(1, 31).Draw(t, "day") + " " +
			field(1, 12).Draw(t, "month") + " " + field(0, 7).Draw(t, "weekday") +
			rapid.SampledFrom([]string{"", " UTC", " Europe/Berlin", " America/New_York", " Australia/Lord_Howe", " Asia/Kathmandu"}).Draw(t, "zone")
		c, err := parseCron(text)
		if err != nil {
			return // never due
		}
		at := time.Unix(rapid.Int64Range(0, 3e9).Draw(t, "from"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
		next := c.next(at)
		if !next.After(at) || !c.matches(next) || next.Second() != 0 || next.Nanosecond() != 0 {
			t.Fatalf("%q: next after %s is %s", text, at, next)
		}
		seen := map[string]bool{} // local times since two hours before
		for m := at.Add(-2 * time.Hour).Truncate(time.Minute); !m.After(at); m = m.Add(time.Minute) {
			seen[c.localText(m)] = true
		}
		for m, n := at.Truncate(time.Minute).Add(time.Minute), 0; m.Before(next) && n < 3000; m, n = m.Add(time.Minute), n+1 {
			if c.matches(m) && !seen[c.localText(m)] {
				t.Fatalf("%q: %s comes before %s", text, m, next)
			}
		}
	})
}

// matches reports whether c is due at a whole minute.
func (c cron) matches(t time.Time) bool {
	if c.zone != nil {
		t = t.In(c.zone)
	}
	return c.matchesDay(t) && c.hours>>t.Hour()&1 == 1 && c.minutes>>t.Minute()&1 == 1
}

// localText returns the local time.
func (c cron) localText(t time.Time) string {
	if c.zone != nil {
		t = t.In(c.zone)
	}
	return t.Format(minutes)
}

func FuzzCron(f *testing.F) {
	for _, text := range []string{"*/15 0-23/2 1,15 jan-dec mon-fri", "0 22-2 * * fri-mon", "@daily Europe/Berlin", "CRON_TZ=Asia/Tokyo 0 0 5 ? * sunday *", "*/99 7-7 * * 7-0"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := parseCron(text); err == nil {
			if from := time.Unix(1.77e9, 0).UTC(); !c.next(from).After(from) || !c.matches(c.next(from)) {
				t.Errorf("%q", text)
			}
		}
	})
}
