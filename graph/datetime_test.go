package graph

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

func TestParseDateTime(t *testing.T) {
	const moment census.DateTime = 1634698267546
	for text, want := range map[string]census.DateTime{
		"2021-10-20T02:51:07.546Z":                  moment,
		"2021-10-20t02:51:07.546z":                  moment,
		"2021-10-20T02:51:07.546z":                  moment,
		"2021-10-20T02:51:07.546999Z":               moment, // cut off, not rounded
		"2021-10-20T02:51:07.546999999999999999Z":   moment,
		"2021-10-20T02:51:07.5Z":                    moment - 46,
		"2021-10-20T02:51:07Z":                      moment - 546,
		"2021-10-20T04:51:07.546+02:00":             moment,
		"2021-10-19T21:21:07.546-05:30":             moment,
		"2021-10-21T02:50:07.546+23:59":             moment,
		"2021-10-20T02:51:07.546-00:00":             moment, // an unknown local offset
		"2021-10-20T02:51:07.546+00:00":             moment,
		"2024-02-29T00:00:00Z":                      1709164800000,
		"1970-01-01T00:00:00Z":                      1, // zero is null
		"1970-01-01T00:00:00.001Z":                  1,
		"1970-01-01T00:30:00+00:30":                 1,
		"9999-12-31T23:59:59.999Z":                  253402300799999,
		"2016-12-31T23:59:60Z":                      1483228800000, // this leap second existed
		"2017-01-01T00:59:60.250+01:00":             1483228800250,
		"1990-06-30T15:59:60-08:00":                 646790400000,
		"":                                          0,
		"null":                                      0,
		"1634698267546":                             0,
		"2021-10-20":                                0,
		"2021-10-20T02:51:07":                       0, // without an offset
		"2021-10-20T02:51:07.546":                   0,
		"2021-10-20T02:51Z":                         0,
		"2021-10-20T2:51:07Z":                       0,
		"2021-10-20T02:51:7Z":                       0,
		"2021-1-20T02:51:07Z":                       0,
		"21-10-20T02:51:07Z":                        0,
		"2021-10-20 02:51:07Z":                      0,
		"2021-10-20_02:51:07Z":                      0,
		"20211020T025107Z":                          0,
		"2021-W42-3T02:51:07Z":                      0,
		"2021-10-20T02:51:07,546Z":                  0,
		"2021-10-20T02:51:07.Z":                     0,
		"2021-10-20T02:51:07.5.4Z":                  0,
		"2021-10-20T02:51:07.-5Z":                   0,
		"2021-10-20T02:51:07+24:00":                 0,
		"2021-10-20T02:51:07-24:00":                 0,
		"2021-10-20T02:51:07+02:60":                 0,
		"2021-10-20T02:51:07+0200":                  0,
		"2021-10-20T02:51:07+02":                    0,
		"2021-10-20T02:51:07+2:00":                  0,
		"2021-10-20T02:51:07\u221202:00":            0, // a minus sign, not a hyphen
		"2021-10-20T02:51:07 Z":                     0,
		"2021-10-20T02:51:07UTC":                    0,
		"2021-10-20T02:51:07Z+02:00":                0,
		"2021-10-20T02:51:07Z[Europe/Berlin]":       0,
		"2021-10-20T02:51:07ZZ":                     0,
		"2021-10-20T02:51:07Z ":                     0,
		" 2021-10-20T02:51:07Z":                     0,
		"2021-10-20T02:51:07Z\n":                    0,
		"2021-10-20T02:51:0\u0667Z":                 0, // a digit, but not of ASCII
		"2021-00-20T02:51:07Z":                      0,
		"2021-13-20T02:51:07Z":                      0,
		"2021-10-00T02:51:07Z":                      0,
		"2021-10-32T02:51:07Z":                      0,
		"2021-04-31T02:51:07Z":                      0,
		"2023-02-29T00:00:00Z":                      0,
		"2100-02-29T00:00:00Z":                      0,
		"2021-10-20T24:00:00Z":                      0,
		"2021-10-20T02:60:07Z":                      0,
		"2021-10-20T02:51:61Z":                      0,
		"2021-10-20T02:51:60Z":                      0, // no leap second here
		"2021-10-20T23:59:60Z":                      0,
		"2016-12-31T23:59:60+01:00":                 0,
		"1969-12-31T23:59:59.999Z":                  0,
		"1970-01-01T00:00:00+00:01":                 0,
		"0000-01-01T00:00:00Z":                      0,
		"9999-12-31T23:59:59.999-01:00":             0, // the year 10000
		"9999-12-31T23:59:60Z":                      0,
		"12021-10-20T02:51:07Z":                     0,
		"+2021-10-20T02:51:07Z":                     0,
		"-2021-10-20T02:51:07Z":                     0,
		"Wed, 20 Oct 2021 02:51:07 GMT":             0,
		strings.Repeat("2021-10-20T02:51:07Z", 500): 0,
	} {
		got, ok := parseDateTime(text)
		if got != want || ok != (want != 0) {
			t.Errorf("%.50q is %d, %t; want %d", text, got, ok, want)
		}
	}
}

// grammar is that of RFC 3339, section 5.6, without leap seconds.
var grammar = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`)

// A text is accepted if the grammar allows it and package time knows the day. Its value is that
// of package time.
func FuzzClientDateTime(f *testing.F) {
	for _, s := range []string{
		"2021-10-20T02:51:07.546Z", "2021-10-20t02:51:07z", "2021-10-20T2:51:07Z", "2021-10-20T02:51:07,546Z", "2021-10-20T02:51:07+24:00", "2024-02-29T23:59:59.9+00:01",
		"1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999-00:01", "0000-01-01T00:00:00Z", "2021-10-20T02:51:07.123456789012Z",
	} {
		f.Add(s)
	}
	f.Fuzz(checkDateTime)
}

func checkDateTime(t *testing.T, s string) {
	if strings.Contains(s, ":60") {
		return
	}
	got, ok := parseDateTime(s)
	at, err := time.Parse(time.RFC3339, strings.ToUpper(s))
	good := grammar.MatchString(s) && err == nil && at.UTC().Year() >= 1970 && at.UTC().Year() <= 9999
	if ok != good || good && int64(got) != max(at.UnixMilli(), 1) {
		t.Errorf("%q is %d, %t; want %v, %v", s, got, ok, at, err)
	}
}

func TestLawDateTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringMatching(`(19[67]|20[0-9]|999)[0-9]-[01]?[0-9]-[0-3][0-9][Tt ][0-2]?[0-9]:[0-6][0-9]:[0-5][0-9]([.,][0-9]{0,10})?([Zz]|[+-][0-2][0-9]:?[0-6][0-9])`).Draw(rt, "text")
		checkDateTime(t, s)
		if t.Failed() {
			rt.FailNow()
		}
	})
}
