package census

import (
	"encoding/binary"
	"sync/atomic"
	"time"
)

// A page of runs contains four hundred timestamps, nearly all in one form. Arithmetic reads
// and writes these in a tenth of the time of package time, which handles more forms, zones and
// years. Package time still handles all other forms.

const (
	dayMillis  = 24 * 60 * 60 * 1000
	year10000  = 253402300800000 // in milliseconds since 1970
	eraDays    = 146097          // days of 400 years
	daysTo1970 = 719468          // from 0000-03-01
)

// twoDigits are the texts of the numbers below 100.
var twoDigits = func() (texts [100]uint16) {
	for n := range texts {
		texts[n] = uint16('0'+n/10) | uint16('0'+n%10)<<8
	}
	return texts
}()

func putTwoDigits(b []byte, n uint32) { binary.LittleEndian.PutUint16(b, twoDigits[n]) }

// recentDates are the dates last written, each at its day modulo the length: the day, the year,
// the month and the day of the month. The runs of a page are of few days.
var recentDates [256]atomic.Uint64

// date returns the date some days after 1970-01-01.
func date(days uint32) (year, month, day uint32) {
	recent := &recentDates[days%uint32(len(recentDates))]
	at := recent.Load()
	if at == 0 || uint32(at>>32) != days {
		year, month, day := time.Unix(int64(days)*24*60*60, 0).UTC().Date()
		at = uint64(days)<<32 | uint64(year)<<9 | uint64(month)<<5 | uint64(day)
		recent.Store(at)
	}
	return uint32(at) >> 9, uint32(at) >> 5 & 15, uint32(at) & 31
}

// days is the inverse of date, for years from 1970.
func days(year, month, day uint32) uint32 {
	if month > 2 {
		month -= 3
	} else {
		month, year = month+9, year-1
	}
	inEra := year % 400
	return year/400*eraDays + 365*inEra + inEra/4 - inEra/100 + (153*month+2)/5 + day - 1 - daysTo1970
}

// takeTwoDigits reads two digits; over 99 if they are not digits.
func takeTwoDigits(s string) uint32 {
	tens, ones := uint32(s[0]-'0'), uint32(s[1]-'0')
	if tens > 9 || ones > 9 {
		return 1e6
	}
	return 10*tens + ones
}

func lastDay(year, month uint32) uint32 {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
