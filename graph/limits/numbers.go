package limits

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
)

// maxNumber is the value at which numbers saturate. It is the largest GraphQL Int, so that clients
// can read it, and means "that many or more".
const maxNumber = math.MaxInt32

// clamp limits n to 0..most. It treats a negative number as 0, since the resolver reports it.
func clamp(n int) int { return min(max(n, 0), maxNumber) }

// sum returns a+b for a and b in 0..most.
func sum(a, b int) int { return clampWide(uint64(a) + uint64(b)) }

// multiply returns a*b for a and b in 0..most.
func multiply(a, b int) int { return clampWide(uint64(a) * uint64(b)) }

func clampWide(n uint64) int { return int(min(n, maxNumber)) }

// number converts an argument to 0..most. Variables have any type that the transport's JSON
// decoder uses, and gqlparser accepts a string for an Int. ok is false if v is not a number.
func number(v any) (n int, ok bool) {
	switch v := v.(type) {
	case nil:
		return 0, false
	case json.Number:
		return parseNumber(v.String())
	case string:
		return parseNumber(v)
	}
	switch rv := reflect.ValueOf(v); {
	case rv.CanInt():
		return int(min(max(rv.Int(), 0), maxNumber)), true
	case rv.CanUint():
		return clampWide(rv.Uint()), true
	case rv.CanFloat():
		return fromFloat(rv.Float())
	case rv.Kind() == reflect.Pointer && !rv.IsNil() && rv.CanInterface():
		if e := rv.Elem(); e.Kind() != reflect.Pointer {
			return number(e.Interface())
		}
	}
	return 0, false
}

func parseNumber(s string) (n int, ok bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) { // ±Inf if out of range, which saturates
		return 0, false
	}
	return fromFloat(f)
}

func fromFloat(f float64) (n int, ok bool) {
	if math.IsNaN(f) {
		return 0, false
	}
	return int(math.Ceil(min(max(f, 0), maxNumber))), true
}
