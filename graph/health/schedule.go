package health

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"census-gateway/upstream/census"
)

// A Schedule says when Census starts a sync. The zero Schedule never starts it.
type Schedule struct {
	cron    cron
	every   time.Duration // replaces cron: the time after the previous execution
	guessed bool          // the times are not documented by Census
}

// Never reports whether Census starts the sync only on request.
func (s Schedule) Never() bool { return s.cron.minutes == 0 && s.every == 0 }

// Next returns the first execution after t.
func (s Schedule) Next(t time.Time) time.Time {
	if s.every > 0 {
		return t.Add(s.every)
	}
	return s.cron.next(t)
}

// Executions returns at most n moments between after and before, both exclusive, at which s is
// due. It stops 10 years after the first of them. It returns none if the moments depend on the
// last run, or the sync is continuous.
func (s Schedule) Executions(after, before time.Time, n int) (at []time.Time) {
	if s.Never() || s.every > 0 || s.guessed {
		return nil
	}
	if far := after.AddDate(10, 0, 0); before.After(far) {
		before = far
	}
	for t := after; len(at) < n; {
		if t = s.Next(t); t.IsZero() || !t.Before(before) {
			break
		}
		at = append(at, t)
	}
	return at
}

// ParseSchedule parses a sync's schedule. The error names the invalid part: a frequency, day,
// time or expression that is unknown or missing.
//
// A missing minute means 0. Hour 24, which the API reference allows, is the midnight at the end
// of the day. A continuous sync is assumed to run every minute, as the busiest do. Census does
// not document its pause between runs.
func ParseSchedule(s census.SyncSchedule) (Schedule, error) {
	var minute int32
	if s.Minute != nil {
		minute = *s.Minute
	}
	expression := ""
	switch frequency := frequencyOf(s); frequency {
	case "never":
		return Schedule{}, nil
	case "continuous":
		expression = "* * * * *"
	case "quarter_hourly":
		expression = "*/15 * * * *"
	case "hourly":
		expression = fmt.Sprintf("%d * * * *", minute)
	case "daily", "weekly":
		if s.Hour == nil {
			return Schedule{}, errors.New("no hour")
		}
		hour, day := *s.Hour, "*"
		if frequency == "weekly" {
			var err error
			if day, err = weekday(textOf(s.Day), hour == 24); err != nil {
				return Schedule{}, err
			}
		}
		if hour == 24 {
			hour = 0
		}
		expression = fmt.Sprintf("%d %d * * %s", minute, hour, day)
	case "expression":
		expression = textOf(s.CronExpression)
	case "":
		return Schedule{}, errors.New("no frequency")
	default:
		return Schedule{}, errors.New("unknown frequency")
	}
	if every, ok := parseEvery(expression); ok {
		return Schedule{every: every}, nil
	}
	c, err := parseCron(expression)
	return Schedule{cron: c, guessed: frequencyOf(s) == "continuous"}, err
}

// frequencyOf returns the frequency of s, which is "expression" if there is only an expression.
func frequencyOf(s census.SyncSchedule) string {
	frequency := strings.ToLower(strings.TrimSpace(textOf(s.Frequency)))
	if frequency == "" && textOf(s.CronExpression) != "" {
		return "expression"
	}
	return frequency
}

// parseEvery parses "@every 1h30m". The interval must be at least a minute.
func parseEvery(expression string) (time.Duration, bool) {
	every, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(expression)), "@every ")
	d, err := time.ParseDuration(strings.TrimSpace(every))
	return d, ok && err == nil && d >= time.Minute
}

// weekday returns the number of a day of the week by its name, full or short. With after, it
// returns the next day.
func weekday(name string, after bool) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		return "", errors.New("no day")
	}
	day, err := cronFields[weekdayField].parseValue(name)
	if err != nil || '0' <= name[0] && name[0] <= '9' {
		return "", errors.New("unknown day")
	}
	if after {
		day = (day + 1) % 7
	}
	return fmt.Sprint(day), nil
}

// scheduleName returns the description of a schedule for messages.
func scheduleName(s census.SyncSchedule) string {
	switch frequency := frequencyOf(s); frequency {
	case "expression":
		return fmt.Sprintf("%.60q", textOf(s.CronExpression))
	case "continuous", "quarter_hourly", "hourly", "daily", "weekly":
		return frequency
	default:
		return fmt.Sprintf("%.60q", frequency)
	}
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
