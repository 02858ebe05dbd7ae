package health

import (
	"math/bits"
	"time"
)

func (c cron) due(day time.Time) bool {
	byDate, byWeekday := c.days>>day.Day()&1 == 1, c.weekdays>>day.Weekday()&1 == 1
	return c.months>>day.Month()&1 == 1 && (byDate && byWeekday || c.either && (byDate || byWeekday))
}

// manyDays is how far to look: 29 February on one day of the week can be 40 years
// away, across a century that is no leap year.
const manyDays = 40*366 + 1

// next is the first moment due after t; zero if there is none.
func (c cron) next(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Minute).Add(time.Minute)
	day, hour, minute := t.Truncate(24*time.Hour), t.Hour(), t.Minute()
	for range manyDays {
		if c.due(day) {
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
