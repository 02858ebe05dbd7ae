package settings

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// inRange returns an error for a number outside its range.
func (s Settings) inRange() error {
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		least, most, ranged := strings.Cut(f.Tag.Get("range"), "..")
		if !ranged {
			continue
		}
		if value := formatValue(f, v.Field(i)); !(number(least) <= number(value) && number(value) <= number(most)) {
			return invalid(f.Tag.Get("env"), "must be from %s to %s, not %s", least, most, value)
		}
	}
	return nil
}

// number parses text as a number, or as a duration in nanoseconds. It returns NaN for anything
// else.
func number(text string) float64 {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	if d, err := time.ParseDuration(text); err == nil {
		return float64(d)
	}
	if n, err := parseBytes(text); err == nil {
		return float64(n)
	}
	return math.NaN()
}

// withRange adds the accepted range to the error of a flag, which has the form "--name: message".
func withRange(err error) error {
	if err == nil {
		return nil
	}
	flag, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "--"), ":")
	for i := range reflect.TypeFor[Settings]().NumField() {
		tag := reflect.TypeFor[Settings]().Field(i).Tag
		if least, most, ranged := strings.Cut(tag.Get("range"), ".."); ranged && flagOf(tag.Get("env")) == flag {
			return fmt.Errorf("%w; expected %s to %s", err, least, most)
		}
	}
	return err
}

// invalid returns an error that names a setting and describes its valid values.
func invalid(env, format string, args ...any) error {
	return fmt.Errorf("%s (--%s) %s", env, flagOf(env), fmt.Sprintf(format, args...))
}
