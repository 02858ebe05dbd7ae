package health

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"census-gateway/upstream/census"
)

// A Schedule is when Census starts a sync by itself. The zero Schedule is never.
type Schedule struct {
	cron    cron
	every   time.Duration // instead: this long after the last time
	guessed bool          // when Census starts it is not documented
}

// Never tells that Census starts the sync only when it is told to.
func (s Schedule) Never() bool { return s.cron.minutes == 0 && s.every == 0 }

// Next is the first execution after t.
func (s Schedule) Next(t time.Time) time.Time {
	if s.every > 0 {
		return t.Add(s.every)
	}
	return s.cron.next(t)
}

// Executions are the moments after one and before another at which s is due by the clock
// alone, n at most, and none more than 10 years after the first; none where that depends
// on the last run, and of continuous syncs.
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

// ParseSchedule reads a sync's schedule. Its error says what cannot be read: a
// frequency, day, time or expression this package does not know, or none at all.
//
// A minute that is not told is 0. Hour 24, which the API reference allows, is
// the midnight that ends the day. A continuous sync is taken to run every
// minute, as the busiest do; how long Census pauses between its runs is not
// documented.
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
			if day, err = weekday(deref(s.Day), hour == 24); err != nil {
				return Schedule{}, err
			}
		}
		if hour == 24 {
			hour = 0
		}
		expression = fmt.Sprintf("%d %d * * %s", minute, hour, day)
	case "expression":
		expression = deref(s.CronExpression)
	case "":
		return Schedule{}, errors.New("no frequency")
	default:
		return Schedule{}, errors.New("unknown frequency")
	}
	if every, ok := interval(expression); ok {
		return Schedule{every: every}, nil
	}
	c, err := parseCron(expression)
	return Schedule{cron: c, guessed: frequencyOf(s) == "continuous"}, err
}

// frequencyOf is how often s is due; an expression without a frequency stands for
// itself.
func frequencyOf(s census.SyncSchedule) string {
	frequency := strings.ToLower(strings.TrimSpace(deref(s.Frequency)))
	if frequency == "" && deref(s.CronExpression) != "" {
		return "expression"
	}
	return frequency
}

// interval reads "@every 1h30m", for whole minutes at least.
func interval(expression string) (time.Duration, bool) {
	every, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(expression)), "@every ")
	d, err := time.ParseDuration(strings.TrimSpace(every))
	return d, ok && err == nil && d >= time.Minute
}

// weekday numbers the day of a name, whole or short, or the day after it.
func weekday(name string, after bool) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		return "", errors.New("no day")
	}
	day, err := cronFields[weekdayField].value(name)
	if err != nil || '0' <= name[0] && name[0] <= '9' {
		return "", errors.New("unknown day")
	}
	if after {
		day = (day + 1) % 7
	}
	return fmt.Sprint(day), nil
}

// scheduleName is what people are told a schedule is.
func scheduleName(s census.SyncSchedule) string {
	switch frequency := frequencyOf(s); frequency {
	case "expression":
		return fmt.Sprintf("%.60q", deref(s.CronExpression))
	case "continuous", "quarter_hourly", "hourly", "daily", "weekly":
		return frequency
	default:
		return fmt.Sprintf("%.60q", frequency)
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
