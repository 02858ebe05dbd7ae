package health

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"census-gateway/graph/zones"
)

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
