package inputs

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

func (c *Checker) scalar(name string, v any) *mistake {
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
	return wrong(v, name, form)
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

// isWhole tells whether v is a number without a point or an exponent, of any size.
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

// whole is v with each number that is an Int written as one: to the specification
// 1.0 and 1e3 are, to gqlparser they are not. No type is known yet, so an ID of 52.0
// is 52 too. It changes lists and objects.
func whole(v any) any {
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
			v[i] = whole(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = whole(v[name])
		}
	}
	return v
}
