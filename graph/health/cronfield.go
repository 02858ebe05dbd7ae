package health

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A cronField describes a field of an expression. Its values wrap around from the highest to the
// lowest.
type cronField struct {
	name      string
	low, high int
	max       int // highest number allowed; numbers above high wrap around
	names     []string
}

const (
	minuteField  = 0
	dayField     = 2
	weekdayField = 4
)

var cronFields = [...]cronField{
	{"minute", 0, 59, 59, nil},
	{"hour", 0, 23, 23, nil},
	{"day of the month", 1, 31, 31, nil},
	{"month", 1, 12, 12, lowerNames(time.January, time.December)},
	{"day of the week", 0, 6, 7, lowerNames(time.Sunday, time.Saturday)},
}

func lowerNames[T interface {
	~int
	String() string
}](first, last T) (names []string) {
	for v := first; v <= last; v++ {
		names = append(names, strings.ToLower(v.String()))
	}
	return names
}

// parseField parses a field, which is a list of parts.
func parseField(field int, text string) (set uint64, err error) {
	for part := range strings.SplitSeq(text, ",") {
		values, err := cronFields[field].parsePart(part)
		if err != nil {
			return 0, fmt.Errorf("%.40q is %w", part, err)
		}
		set |= values
	}
	return set, nil
}

// parsePart parses "*", "5", "1-5", "fri-mon", and any of these with a step such as "/2". "5/2"
// begins at 5. If the step is larger than the range, only the first value remains.
func (f cronField) parsePart(text string) (set uint64, err error) {
	values, every, stepped := strings.Cut(text, "/")
	low, high, step := f.low, f.high, 1
	if stepped {
		if step, err = parseNumber(every); err != nil || step == 0 {
			return 0, errors.New("not a step")
		}
	}
	if values != "*" {
		from, to, ranged := strings.Cut(values, "-")
		if low, err = f.parseValue(from); err != nil {
			return 0, err
		}
		switch {
		case ranged:
			if high, err = f.parseValue(to); err != nil {
				return 0, err
			}
		case !stepped:
			high = low
		}
	}
	size := f.high - f.low + 1
	if high < low {
		high += size
	}
	for v := low; v <= high; v += step {
		set |= 1 << (f.low + (v-f.low)%size)
	}
	return set, nil
}

// parseValue parses a number, or at least three letters of a name.
func (f cronField) parseValue(text string) (int, error) {
	for i, name := range f.names {
		if len(text) >= 3 && strings.HasPrefix(name, text) {
			return f.low + i, nil
		}
	}
	n, err := parseNumber(text)
	if err != nil || n < f.low || n > f.max {
		return 0, fmt.Errorf("not from %d to %d", f.low, f.max)
	}
	return n, nil
}

// maxNumber is the maximum result of parseNumber, more than any field has values.
const maxNumber = 9999

// parseNumber parses a number without a sign.
func parseNumber(text string) (n int, err error) {
	if text == "" {
		return 0, errors.New("no number")
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, errors.New("not a number")
		}
		n = min(10*n+int(text[i]-'0'), maxNumber)
	}
	return n, nil
}
