package health

import (
	"math/bits"
	"time"
)

func (c cron) matchesDay(day time.Time) bool {
	byDate, byWeekday := c.days>>day.Day()&1 == 1, c.weekdays>>day.Weekday()&1 == 1
	return c.months>>day.Month()&1 == 1 && (byDate && byWeekday || c.either && (byDate || byWeekday))
}

// maxDaysSearched limits the search for a day. The next 29 February on a given day of the week can
// be 40 years away, if a century year without a leap day lies between.
const maxDaysSearched = 40*366 + 1

// next returns the first moment due after t. A local time that the clocks skip is not due that
// day. A local time that occurs twice is due the first time.
func (c cron) next(t time.Time) time.Time {
	if c.zone == nil {
		return c.nextLocal(t.UTC())
	}
	for wall := localTime(t, c.zone); ; {
		wall = c.nextLocal(wall)
		if at, ok := fromLocalTime(wall, c.zone); ok && at.After(t) || wall.IsZero() {
			return at
		}
	}
}

// localTime returns the local time of zone at t, as if it were UTC.
func localTime(t time.Time, zone *time.Location) time.Time {
	_, ahead := t.In(zone).Zone()
	return t.UTC().Add(time.Duration(ahead) * time.Second)
}

// fromLocalTime returns the first moment at which the local time of zone is wall. It returns false
// if the clocks skip wall.
func fromLocalTime(wall time.Time, zone *time.Location) (time.Time, bool) {
	_, before := wall.Add(-26 * time.Hour).In(zone).Zone() // farther than the offset of any zone
	_, after := wall.Add(26 * time.Hour).In(zone).Zone()
	for _, ahead := range [...]int{max(before, after), min(before, after)} {
		if at := wall.Add(-time.Duration(ahead) * time.Second); localTime(at, zone).Equal(wall) {
			return at, true
		}
	}
	return time.Time{}, false
}

// nextLocal returns the first local time after t that matches c; zero if no time does.
func (c cron) nextLocal(t time.Time) time.Time {
	t = t.Truncate(time.Minute).Add(time.Minute)
	day, hour, minute := t.Truncate(24*time.Hour), t.Hour(), t.Minute()
	for range maxDaysSearched {
		if c.matchesDay(day) {
			for hours := c.hours >> hour << hour; hours != 0; hours &= hours - 1 {
				h := bits.TrailingZeros64(hours)
				if h > hour {
					minute = 0
				}
				if minutes := c.minutes >> minute << minute; minutes != 0 {
					return day.Add(time.Duration(h)*time.Hour + time.Duration(bits.TrailingZeros64(minutes))*time.Minute)
				}
				minute = 0
			}
		}
		day, hour, minute = day.Add(24*time.Hour), 0, 0
	}
	return time.Time{}
}

// A cron is an expression of five fields: minute, hour, day of the month, month, day of the week
// (0 and 7 are Sunday). Each field is a set of bits, one for each value. As in Vixie's cron
// (crontab(5)), if both day fields are restricted, a day must match only one of them. A field is
// restricted if it does not begin with "*".
//
// It also accepts extensions. With six fields, the first is seconds, which are checked and
// ignored, since every grace is longer. With seven, the last is the year, which must be "*". A
// time zone may follow at the end, or precede after "CRON_TZ=" or "TZ=". A day of "?" means "*".
// Days of the week are numbered as in crontab(5), not as in Quartz, where Sunday is 1.
type cron struct {
	minutes, hours, days, months, weekdays uint64
	either                                 bool
	zone                                   *time.Location // nil for UTC
}
