package stats

import (
	"fmt"
	"time"
)

// A Unit is what a series counts in.
type Unit string

const (
	QuarterHour Unit = "QUARTER_HOUR"
	Hour        Unit = "HOUR"
	Day         Unit = "DAY"
	Week        Unit = "WEEK" // from Monday (ISO 8601)
)

// A calendar cuts time into the units of a zone. It knows when a quarter hour is
// on the wall there, and nothing of rules: a unit starts where the wall first
// shows it. So a day of 23 or 25 hours is one bucket, a day that a zone left out
// is none, and the hour that is shown twice is two.
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

func (c calendar) wall(q quarter) time.Time { return time.UnixMilli(int64(q.start())).In(c.zone) }

// label numbers the unit that the wall shows at q: it never falls from one unit
// to a later one, but for an hour shown twice.
func (c calendar) label(q quarter) int64 {
	t := c.wall(q)
	day := c.days(t)
	switch c.unit {
	case Hour:
		return day*24 + int64(t.Hour())
	case Week:
		return day - int64(t.Weekday()+6)%7
	}
	return day
}

// days counts the days of the wall's calendar.
func (c calendar) days(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// floor is where the unit that q is in starts.
func (c calendar) floor(q quarter) quarter {
	if c.unit == QuarterHour { // every clock shows one begin where UTC does
		return q
	}
	if c.unit == Hour {
		for !c.hourStarts(q) {
			q--
		}
		return q
	}
	label := c.label(q)
	return c.first(label, q-quarter(c.wall(q).Hour()*4)-quarter(c.days(c.wall(q))-label)*96)
}

// next is where the unit after that of q starts.
func (c calendar) next(q quarter) quarter {
	if c.unit == QuarterHour {
		return q + 1
	}
	if c.unit == Hour {
		for q++; !c.hourStarts(q); q++ {
		}
		return q
	}
	label, length := c.label(q), int64(1)
	if c.unit == Week {
		length = 7
	}
	return c.first(label+length, q+quarter(label+length-c.days(c.wall(q)))*96)
}

// first is the first quarter hour labelled so or later, which is not far from
// the one given.
func (c calendar) first(label int64, near quarter) quarter {
	for c.label(near) < label {
		near++
	}
	for c.label(near-1) >= label {
		near--
	}
	return near
}

// hourStarts tells whether q starts an hour of the wall. Where clocks are set
// by half an hour (Lord Howe), one hour of the year has 30 minutes and one 90.
func (c calendar) hourStarts(q quarter) bool {
	return c.wall(q).Minute() == 0 || c.label(q) != c.label(q-1)
}
