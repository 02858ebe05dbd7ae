package stats

import (
	"fmt"
	"time"
)

// A Unit is the length of a bucket.
type Unit string

const (
	QuarterHour Unit = "QUARTER_HOUR"
	Hour        Unit = "HOUR"
	Day         Unit = "DAY"
	Week        Unit = "WEEK" // from Monday (ISO 8601)
)

// A calendar divides time into the units of a zone. It uses only the local time of each quarter
// hour, not the rules of the zone: a unit starts when the local time first reaches it. So a day
// of 23 or 25 hours is one bucket, a day that a zone skipped has no bucket, and an hour that
// occurs twice has two.
type calendar struct {
	unit Unit
	zone *time.Location
}

func newCalendar(unit Unit, zone *time.Location) (calendar, error) {
	switch unit {
	case QuarterHour, Hour, Day, Week:
		return calendar{unit, zone}, nil
	}
	return calendar{}, fmt.Errorf("bucket must be QUARTER_HOUR, HOUR, DAY or WEEK, got %q", string(unit))
}

func (c calendar) localTime(q quarter) time.Time { return time.UnixMilli(int64(q.start())).In(c.zone) }

// unitNumber numbers the unit of the local time at q. Numbers never decrease with time, except in
// an hour that occurs twice.
func (c calendar) unitNumber(q quarter) int64 {
	t := c.localTime(q)
	day := c.localDay(t)
	switch c.unit {
	case Hour:
		return day*24 + int64(t.Hour())
	case Week:
		return day - int64(t.Weekday()+6)%7
	}
	return day
}

// localDay returns the number of t's local date, in days since 1970.
func (c calendar) localDay(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// unitStart returns the start of the unit that contains q.
func (c calendar) unitStart(q quarter) quarter {
	if c.unit == QuarterHour { // all zones begin a quarter hour when UTC does
		return q
	}
	if c.unit == Hour {
		for !c.hourStarts(q) {
			q--
		}
		return q
	}
	number := c.unitNumber(q)
	return c.search(number, q-quarter(c.localTime(q).Hour()*4)-quarter(c.localDay(c.localTime(q))-number)*96)
}

// nextUnit returns the start of the unit after that of q.
func (c calendar) nextUnit(q quarter) quarter {
	if c.unit == QuarterHour {
		return q + 1
	}
	if c.unit == Hour {
		for q++; !c.hourStarts(q); q++ {
		}
		return q
	}
	number, length := c.unitNumber(q), int64(1)
	if c.unit == Week {
		length = 7
	}
	return c.search(number+length, q+quarter(number+length-c.localDay(c.localTime(q)))*96)
}

// search returns the first quarter hour whose number is at least number. It searches from near,
// which must be close.
func (c calendar) search(number int64, near quarter) quarter {
	for c.unitNumber(near) < number {
		near++
	}
	for c.unitNumber(near-1) >= number {
		near--
	}
	return near
}

// hourStarts reports whether a local hour starts at q. If clocks change by half an hour (Lord
// Howe), one hour of the year has 30 minutes and another has 90.
func (c calendar) hourStarts(q quarter) bool {
	return c.localTime(q).Minute() == 0 || c.unitNumber(q) != c.unitNumber(q-1)
}
