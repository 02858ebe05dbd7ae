package settings

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// units are the suffixes of a number of bytes, largest first.
var units = []struct {
	name  string
	bytes int64
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}

// parseBytes parses a number of bytes, such as 65536, 256KiB or 64MiB.
func parseBytes(text string) (int64, error) {
	for _, u := range units {
		digits, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil && n <= math.MaxInt64/u.bytes && n >= math.MinInt64/u.bytes {
			return n * u.bytes, nil
		}
		break
	}
	return 0, fmt.Errorf("expected a number of bytes like 65536, 256KiB, 64MiB or 1GiB, not %q", text)
}

// formatBytes formats n in the largest unit that divides it.
func formatBytes(n int64) string {
	for _, u := range units {
		if n%u.bytes == 0 && n != 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return "0"
}

// readBytes decodes a field of type:"bytes".
func readBytes(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("bytes", &text); err != nil {
		return err
	}
	n, err := parseBytes(text)
	if err == nil {
		target.SetInt(n)
	}
	return err
}
