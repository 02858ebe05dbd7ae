package census

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const lastMoment DateTime = 253402300799999 // 9999-12-31T23:59:59.999Z

func TestDateTimeReadsWhatItWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := DateTime(rapid.Int64Range(1, int64(lastMoment)).Draw(t, "ms"))
		got, ok := ParseDateTime(want.String())
		if !ok || got != want {
			t.Fatalf("%d was written as %s and read as %d", want, want, got)
		}
		if ms := want.Time().UnixMilli(); ms != int64(want) {
			t.Fatalf("%d is %d in the standard library", want, ms)
		}
	})
}

func TestParseDateTime(t *testing.T) {
	const moment DateTime = 1634698267546
	for text, want := range map[string]DateTime{
		"2021-10-20T02:51:07.546Z":            moment,
		"2021-10-20T02:51:07.546999Z":         moment, // truncated, not rounded
		"2021-10-20T02:51:07.546999999+00:00": moment,
		"2021-10-20T04:51:07.546+02:00":       moment,
		"2021-10-19T21:51:07.546-05:00":       moment,
		"2021-10-20T02:51:07Z":                moment - 546,
		"2024-02-29T00:00:00Z":                1709164800000,
		"1970-01-01T00:00:00.001Z":            1,
		"9999-12-31T23:59:59.999Z":            lastMoment,

		"":                              0,
		"null":                          0,
		"1634698267546":                 0,
		"2021-10-20":                    0,
		"2021-10-20 02:51:07":           0,
		"2021-10-20T02:51:07.546":       0, // no time zone
		"2021-10-20T02:51:07.546Z ":     0,
		"2021-13-20T02:51:07Z":          0,
		"2023-02-29T00:00:00Z":          0,
		"2021-10-20T25:51:07Z":          0,
		"1970-01-01T00:00:00.000Z":      0,
		"1969-12-31T23:59:59.999Z":      0,
		"0000-00-00T00:00:00Z":          0,
		"0001-01-01T00:00:00Z":          0,
		"9999-12-31T23:59:59.999-01:00": 0, // the year 10000
		"12021-10-20T02:51:07Z":         0,
		"Wed, 20 Oct 2021 02:51:07 GMT": 0,
	} {
		got, ok := ParseDateTime(text)
		if got != want || ok != (want != 0) {
			t.Errorf("%q is %d, %t; want %d", text, got, ok, want)
		}
	}
}

func TestDateTimeString(t *testing.T) {
	for want, ms := range map[string]DateTime{
		"2021-10-20T02:51:07.546Z": 1634698267546,
		"2021-10-20T02:51:07.000Z": 1634698267000, // Census always writes milliseconds
		"1970-01-01T00:00:00.001Z": 1,
	} {
		if got := ms.String(); got != want {
			t.Errorf("%d is %s, want %s", ms, got, want)
		}
	}
	if got := string(DateTime(1).Append([]byte("at "))); got != "at 1970-01-01T00:00:00.001Z" {
		t.Error(got)
	}
}

func TestDateTimeArithmetic(t *testing.T) {
	if d := DateTime(5000).Sub(3500); d != 1500*time.Millisecond {
		t.Error(d)
	}
	if d := DateTime(3500).Sub(5000); d != -1500*time.Millisecond {
		t.Error(d)
	}
	if d := lastMoment.Sub(1); d < 292*365*24*time.Hour {
		t.Error(d)
	}
	if d := DateTime(1).Sub(lastMoment); d > -292*365*24*time.Hour {
		t.Error(d)
	}
	if zero := DateTime(0).Time(); !zero.IsZero() {
		t.Errorf("null is %s", zero)
	}
	if zone := DateTime(1).Time().Location(); zone != time.UTC {
		t.Errorf("in %s", zone)
	}
}
