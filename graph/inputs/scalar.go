package inputs

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// checkScalar is checkValue for the scalar with the given name. v is not nil.
func (c *Checker) checkScalar(name string, v any) *invalidValue {
	ok, form := true, ""
	switch name {
	case "Int":
		ok, form = isInt(v), "expected a whole number from -2147483648 to 2147483647"
	case "Float":
		ok, form = isFloat(v), "expected a number"
	case "String":
		_, ok = v.(string)
	case "Boolean":
		_, ok = v.(bool)
		form = "expected true or false"
	case "ID":
		_, text := v.(string)
		ok, form = text || isWhole(v), "expected a string or a whole number"
	default:
		if s, known := c.Scalars[name]; known {
			ok, form = s.Reads(v), s.Form
		}
	}
	if ok {
		return nil
	}
	return invalid(v, name, form)
}

func isInt(v any) bool {
	n, ok := v.(int64)
	if text, is := v.(json.Number); is {
		var err error
		n, err = text.Int64()
		ok = err == nil
	}
	return ok && n == int64(int32(n))
}

// isWhole reports whether v is a number without a point or an exponent, of any size.
func isWhole(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return !strings.ContainsAny(string(v), ".eE")
	case int64:
		return true
	}
	return false
}

func isFloat(v any) bool {
	switch v := v.(type) {
	case json.Number:
		_, err := v.Float64()
		return err == nil
	case int64, float64:
		return true
	}
	return false
}

// wholeNumbers returns v with each number that equals an Int written as one: 1.0 and 1e3
// are Ints to the specification, but not to gqlparser. Types are not known yet, so an ID of
// 52.0 becomes 52, too. It modifies lists and objects in place.
func wholeNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if isWhole(v) {
			return v
		}
		if f, err := v.Float64(); err == nil && f == math.Trunc(f) && math.MinInt32 <= f && f <= math.MaxInt32 {
			return json.Number(strconv.Itoa(int(f)))
		}
	case []any:
		for i := range v {
			v[i] = wholeNumbers(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = wholeNumbers(v[name])
		}
	}
	return v
}
