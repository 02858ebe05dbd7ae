package census

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// These functions agree with package time.

func FuzzDateTimeAppend(f *testing.F) {
	for _, ms := range []int64{1, 1634698267546, year10000 - 1, year10000, -1, 951782399999, 951868800000, 4107542400000} {
		f.Add(ms)
	}
	f.Fuzz(func(t *testing.T, ms int64) {
		if ms == 0 || ms < -1<<60 || ms > 1<<60 {
			return
		}
		if got, want := DateTime(ms).String(), time.UnixMilli(ms).UTC().Format(dateTimeLayout); got != want {
			t.Errorf("%d is %s, want %s", ms, got, want)
		}
	})
}

func FuzzParseDateTime(f *testing.F) {
	for _, s := range []string{
		"2021-10-20T02:51:07.546Z", "2024-02-29T23:59:59.999Z", "2023-02-29T00:00:00.000Z", "2100-02-29T00:00:00.000Z", "2000-02-29T00:00:00.000Z",
		"1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.001Z", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", "2021-04-31T00:00:00.000Z",
		"2021-10-20T24:00:00.000Z", "2021-10-20T02:60:07.546Z", "2021-10-20T02:51:60.546Z", "2021-10-20T02:51:07,546Z", "2021-10-20T02:51:07.5\u00b2Z",
		"2021-00-20T02:51:07.546Z", "2021-10-00T02:51:07.546Z", "2021-10-20t02:51:07.546z", "20:1-10-20T02:51:07.546Z", "2021-10-20T02:51:07.54/Z",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ParseDateTime(s)
		var want DateTime
		if at, err := time.Parse(time.RFC3339, s); err == nil && at.UnixMilli() > 0 && at.UTC().Year() <= 9999 {
			want = DateTime(at.UnixMilli())
		}
		if got != want || ok != (want != 0) {
			t.Errorf("%q is %d, %t; want %d", s, got, ok, want)
		}
	})
}

func TestEveryDay(t *testing.T) {
	for at := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 10000; at = at.AddDate(0, 0, 1) {
		n := uint32(at.Unix() / (24 * 60 * 60))
		year, month, day := date(n)
		if int(year) != at.Year() || time.Month(month) != at.Month() || int(day) != at.Day() || days(year, month, day) != n {
			t.Fatalf("%s is %d-%d-%d, day %d", at, year, month, day, days(year, month, day))
		}
	}
}

// Of any 24 letters in the canonical form, those that package time accepts are read.
func TestParseCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := []byte(rapid.StringMatching(`(19[67]|20[0-9]|999)[0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\.[0-9]{3}Z`).Draw(t, "text"))
		if rapid.IntRange(0, 3).Draw(t, "spoiled") == 0 {
			s[rapid.IntRange(0, len(s)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "letter")
		}
		at, err := time.Parse(time.RFC3339, string(s))
		got, ok := ParseDateTime(string(s))
		if good := err == nil && at.UnixMilli() > 0; ok != good || good && int64(got) != at.UnixMilli() {
			t.Fatalf("%q is %d, %t; want %v, %v", s, got, ok, at, err)
		}
	})
}

func BenchmarkDateTime(b *testing.B) {
	const text = "2021-10-20T02:51:07.546Z"
	b.Run("Parse", func(b *testing.B) {
		for b.Loop() {
			ParseDateTime(text)
		}
	})
	b.Run("Append", func(b *testing.B) {
		var buf [32]byte
		t, _ := ParseDateTime(text)
		for b.Loop() {
			t.Append(buf[:0])
		}
	})
}
