package sim

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

const (
	minuteMS = 60_000
	hourMS   = 60 * minuteMS
	dayMS    = 24 * hourMS
	never    = math.MaxInt64
)

// A cron is a schedule in UTC: its minutes, hours and weekdays (Sunday is 0), one bit each.
// Days of the month and months are always *.
type cron struct {
	minutes uint64
	hours   uint32
	days    uint8
}

// parseCron parses the schedules that this package writes: the fields of minutes, hours and
// weekdays are *, */n or lists of numbers.
func parseCron(s string) cron {
	f := strings.Fields(s)
	return cron{
		minutes: cronField(f[0], 60),
		hours:   uint32(cronField(f[1], 24)),
		days:    uint8(cronField(f[4], 7)),
	}
}

func cronField(s string, size int) (set uint64) {
	step := 1
	if n, ok := strings.CutPrefix(s, "*/"); ok {
		step, _ = strconv.Atoi(n)
		s = "*"
	}
	if s == "*" {
		for i := 0; i < size; i += step {
			set |= 1 << i
		}
		return set
	}
	for part := range strings.SplitSeq(s, ",") {
		n, _ := strconv.Atoi(part)
		set |= 1 << n
	}
	return set
}

// next returns the first time due after ms, both in ms since 1970.
func (c cron) next(ms int64) int64 {
	minute := ms/minuteMS + 1
	for {
		hour, day := minute/60, minute/(24*60)
		switch {
		case c.days>>((day+4)%7)&1 == 0: // 1 January 1970 was a Thursday
			minute = (day + 1) * 24 * 60
		case c.hours>>(hour%24)&1 == 0:
			minute = (hour + 1) * 60
		default:
			if left := c.minutes >> (minute % 60); left != 0 {
				return (minute + int64(bits.TrailingZeros64(left))) * minuteMS
			}
			minute = (hour + 1) * 60
		}
	}
}

// clock converts ms since 1970 to a time.
func clock(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func mod(a, b int64) int64 { return ((a % b) + b) % b }
