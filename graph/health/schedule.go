package health

import (
	"fmt"
	"strings"
	"time"

	"census-gateway/upstream"
)

// A Schedule is when Census starts a sync by itself, in UTC.
type Schedule struct{ cron cron }

// ParseSchedule reads a sync's schedule. It reports false if the sync has none
// (never), or one that cannot be told: a frequency, day, time or expression this
// package does not know.
//
// A minute that is not told is 0. Hour 24, which the API reference allows, is
// the midnight that ends the day. A continuous sync is taken to run every
// minute, as the busiest do; how long Census pauses between its runs is not
// documented.
func ParseSchedule(s upstream.SyncSchedule) (Schedule, bool) {
	var minute int32
	if s.Minute != nil {
		minute = *s.Minute
	}
	expression := ""
	switch frequency := strings.ToLower(deref(s.Frequency)); frequency {
	case "continuous":
		expression = "* * * * *"
	case "quarter_hourly":
		expression = "*/15 * * * *"
	case "hourly":
		expression = fmt.Sprintf("%d * * * *", minute)
	case "daily", "weekly":
		if s.Hour == nil {
			return Schedule{}, false
		}
		day, ok := "*", true
		if frequency == "weekly" {
			if day, ok = weekday(deref(s.Day), *s.Hour == 24); !ok {
				return Schedule{}, false
			}
		}
		hour := *s.Hour
		if hour == 24 {
			hour = 0
		}
		expression = fmt.Sprintf("%d %d * * %s", minute, hour, day)
	case "expression":
		expression = deref(s.CronExpression)
	default:
		return Schedule{}, false
	}
	c, err := parseCron(expression)
	return Schedule{c}, err == nil
}

// Next is the first execution after t.
func (s Schedule) Next(t time.Time) time.Time { return s.cron.next(t) }

// weekday numbers the day of a name, whole or short, or the day after it.
func weekday(name string, after bool) (string, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	for d := time.Sunday; d <= time.Saturday; d++ {
		if full := strings.ToLower(d.String()); name == full || name == full[:3] {
			if after {
				d = (d + 1) % 7
			}
			return fmt.Sprint(int(d)), true
		}
	}
	return "", false
}

func scheduleName(s upstream.SyncSchedule) string {
	if f := deref(s.Frequency); f != "expression" {
		return f
	}
	return fmt.Sprintf("%.60q", deref(s.CronExpression))
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
