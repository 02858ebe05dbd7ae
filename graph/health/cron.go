package health

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"census-gateway/graph/zones"
)

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

// cronMacros are the names of crontab(5) for expressions, without "@reboot", which is not a time.
var cronMacros = map[string]string{
	"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
	"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}

// parseCron parses an expression. It rejects one that is never due.
func parseCron(expression string) (cron, error) {
	fields, zone, err := cutZone(strings.Fields(strings.ToLower(expression)))
	if err != nil {
		return cron{}, err
	}
	if len(fields) == 1 && cronMacros[fields[0]] != "" {
		fields = strings.Fields(cronMacros[fields[0]])
	}
	if len(fields) == 7 && fields[6] == "*" {
		fields = fields[:6]
	}
	if len(fields) == 6 {
		// Seconds have the syntax of minutes.
		if _, err := parseField(minuteField, fields[0]); err != nil {
			return cron{}, fmt.Errorf("second %w", err)
		}
		fields = fields[1:]
	}
	if len(fields) != len(cronFields) {
		return cron{}, fmt.Errorf("%d fields, want 5", len(fields))
	}
	for _, day := range [...]int{dayField, weekdayField} {
		if fields[day] == "?" {
			fields[day] = "*"
		}
	}
	var sets [len(cronFields)]uint64
	for i, field := range fields {
		if sets[i], err = parseField(i, field); err != nil {
			return cron{}, fmt.Errorf("%s %w", cronFields[i].name, err)
		}
	}
	c := cron{sets[0], sets[1], sets[2], sets[3], sets[4], fields[dayField][0] != '*' && fields[weekdayField][0] != '*', zone}
	if c.nextLocal(time.Unix(0, 0)).IsZero() {
		return cron{}, errors.New("no date matches it")
	}
	return c, nil
}

// cutZone removes the time zone from the fields of an expression. The zone is nil if the fields
// have none.
func cutZone(fields []string) ([]string, *time.Location, error) {
	if len(fields) < 2 {
		return fields, nil, nil
	}
	name, named := strings.CutPrefix(fields[0], "cron_tz=")
	if !named {
		name, named = strings.CutPrefix(fields[0], "tz=")
	}
	if named {
		zone, err := zones.Like(name)
		return fields[1:], zone, err
	}
	last := len(fields) - 1
	if macro := fields[0][0] == '@'; macro || last >= len(cronFields) {
		if zone, err := zones.Like(fields[last]); err == nil {
			return fields[:last], zone, nil
		}
	}
	return fields, nil, nil
}
