package graph

import (
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/upstream"
)

// How scalars are appended, byte for byte as gqlgen's marshalers write them.

func appendNull(b []byte) []byte { return append(b, "null"...) }

// appendDecimal appends n as strconv.AppendInt does, in half the time: two digits at
// once, and one byte for what is below ten. A run has ten numbers.
func appendDecimal(b []byte, n int64) []byte {
	if n < 0 {
		return strconv.AppendInt(b, n, 10)
	}
	if n < 10 {
		return append(b, byte('0'+n))
	}
	var text [20]byte
	at, rest := len(text), uint64(n)
	for rest >= 100 {
		pair := rest % 100
		rest /= 100
		at -= 2
		text[at], text[at+1] = byte('0'+pair/10), byte('0'+pair%10)
	}
	if rest >= 10 {
		at--
		text[at] = byte('0' + rest%10)
		rest /= 10
	}
	at--
	text[at] = byte('0' + rest)
	return append(b, text[at:]...)
}

func appendNodeID(b []byte, typename string, id int64) []byte {
	b = append(b, '"')
	b = append(b, typename...)
	b = append(b, ':')
	b = appendDecimal(b, id)
	return append(b, '"')
}

func appendInt[N int | int32 | int64](b []byte, n *N) []byte {
	if n == nil {
		return appendNull(b)
	}
	return appendDecimal(b, int64(*n))
}

func appendCount(b []byte, c upstream.Count) []byte {
	if !c.Known {
		return appendNull(b)
	}
	return appendDecimal(b, c.N)
}

func appendDateTime(b []byte, t upstream.DateTime) []byte {
	if t == 0 {
		return appendNull(b)
	}
	return append(t.Append(append(b, '"')), '"')
}

// link is a field with the address of a page of Census's.
func link[T any](address func(*Resolver, []byte, T) []byte) field[T] {
	return field[T]{compile: func(*compiler, graphql.CollectedField) writer[T] {
		return func(x *writing, b []byte, v T) []byte {
			if x.resolver.appURL == "" {
				return appendNull(b)
			}
			var text [128]byte
			return appendString(b, string(address(x.resolver, text[:0], v)))
		}
	}}
}

// appendRequired is appendDateTime where there may be no null.
func appendRequired(b []byte, t upstream.DateTime) []byte {
	if t == 0 {
		return nil
	}
	return appendDateTime(b, t)
}

func appendFloat(b []byte, f *float64) []byte {
	switch {
	case f == nil:
		return appendNull(b)
	case math.IsInf(*f, 0) || math.IsNaN(*f):
		return nil
	}
	return strconv.AppendFloat(b, *f, 'g', -1, 64)
}

func appendOptional(b []byte, s *string) []byte {
	if s == nil {
		return appendNull(b)
	}
	return appendString(b, *s)
}

// appendWord is appendString for values of enums, which are names.
func appendWord(b []byte, s string) []byte {
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// appendString escapes what JSON does not allow in a string and leaves the rest
// as it is.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	b = append(b, '"')
	for {
		n := upstream.PlainPrefix(s)
		b = append(b, s[:n]...)
		if n == len(s) {
			return append(b, '"')
		}
		c := s[n]
		s = s[n+1:]
		switch c {
		case '\t':
			b = append(b, `\t`...)
		case '\r':
			b = append(b, `\r`...)
		case '\n':
			b = append(b, `\n`...)
		case '"', '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}
}
