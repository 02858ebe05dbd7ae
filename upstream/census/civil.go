package census

// A page of runs contains four hundred timestamps, nearly all in one form. Arithmetic reads
// and writes these in a tenth of the time of package time, which handles more forms, zones and
// years. Package time still handles all other forms.

const (
	dayMillis  = 24 * 60 * 60 * 1000
	year10000  = 253402300800000 // in milliseconds since 1970
	eraDays    = 146097          // days of 400 years
	daysTo1970 = 719468          // from 0000-03-01
)

func putTwoDigits(b []byte, n uint32) {
	const pairs = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"
	b[1], b[0] = pairs[2*n+1], pairs[2*n]
}

// civil returns the date some days after 1970-01-01, by the affine functions of Neri and
// Schneider ("Euclidean affine functions and their application to calendar algorithms", 2022).
// They divide by constants only. Years begin in March, so that the leap day is a year's last.
func civil(days uint32) (year, month, day uint32) {
	quarters := 4*(days+daysTo1970) + 3
	century := quarters / eraDays
	inCentury := quarters%eraDays | 3
	years := 2939745 * uint64(inCentury)
	inYear := uint32(years) / 2939745 / 4
	months := 2141*inYear + 197913
	year, month, day = 100*century+uint32(years>>32), months>>16, months&0xffff/2141+1
	if inYear >= 306 {
		return year + 1, month - 12, day
	}
	return year, month, day
}

// days is the inverse of civil, for years from 1970.
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
