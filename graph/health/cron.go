package health

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A cron is an expression of five fields in UTC: minute, hour, day of the
// month, month, day of the week (0 and 7 are Sunday). In each a bit stands for
// a value. As in Vixie's cron (crontab(5)): where both day fields are
// restricted, which is that neither begins with "*", either makes a day.
type cron struct {
	minutes, hours, days, months, weekdays uint64
	either                                 bool
}

var cronFields = [...]struct {
	name      string
	low, high int
	names     string // three letters each
}{
	{"minute", 0, 59, ""},
	{"hour", 0, 23, ""},
	{"day of the month", 1, 31, ""},
	{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
	{"day of the week", 0, 7, "sunmontuewedthufrisat"},
}

// parseCron refuses what it cannot read, and what is never due.
func parseCron(expression string) (cron, error) {
	fields := strings.Fields(strings.ToLower(expression))
	if len(fields) != len(cronFields) {
		return cron{}, fmt.Errorf("%d fields, want 5", len(fields))
	}
	var sets [len(cronFields)]uint64
	for i, field := range fields {
		if field == "?" {
			field = "*"
			fields[i] = field
		}
		for part := range strings.SplitSeq(field, ",") {
			set, err := cronPart(i, part)
			if err != nil {
				return cron{}, fmt.Errorf("%s %q: %w", cronFields[i].name, part, err)
			}
			sets[i] |= set
		}
	}
	sets[4] |= sets[4] >> 7 & 1
	c := cron{sets[0], sets[1], sets[2], sets[3], sets[4] &^ (1 << 7), fields[2][0] != '*' && fields[4][0] != '*'}
	if c.next(time.Unix(0, 0)).IsZero() {
		return cron{}, errors.New("never due")
	}
	return c, nil
}

// cronPart reads "*", "5", "1-5", "mon-fri" and any of them with "/2"; "5/2" is
// from 5 on.
func cronPart(field int, part string) (set uint64, err error) {
	f := cronFields[field]
	low, high, step := f.low, f.high, 1
	values, every, stepped := strings.Cut(part, "/")
	if stepped {
		if step, err = strconv.Atoi(every); err != nil || step < 1 || step > f.high {
			return 0, errors.New("not a step")
		}
	}
	if values != "*" {
		from, to, ranged := strings.Cut(values, "-")
		if low, err = cronValue(field, from); err != nil {
			return 0, err
		}
		switch {
		case ranged:
			if high, err = cronValue(field, to); err != nil {
				return 0, err
			}
		case !stepped:
			high = low
		}
	}
	if low > high {
		return 0, errors.New("ends before it begins")
	}
	for v := low; v <= high; v += step {
		set |= 1 << v
	}
	return set, nil
}

func cronValue(field int, text string) (int, error) {
	f := cronFields[field]
	if i := strings.Index(f.names, text); len(text) == 3 && i >= 0 && i%3 == 0 {
		return f.low + i/3, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < f.low || n > f.high || text[0] == '+' || text[0] == '-' {
		return 0, fmt.Errorf("not from %d to %d", f.low, f.high)
	}
	return n, nil
}
