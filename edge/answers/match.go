package answers

import "strings"

// matches reports whether the values of If-None-Match contain tag, by weak comparison (RFC 9110,
// 8.8.3.2 and 13.1.2). It ignores everything after an invalid tag: an unnecessary answer is
// better than a missing one.
func matches(values []string, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for _, rest := range values {
		if strings.Trim(rest, " \t") == "*" {
			return true
		}
		for {
			rest = strings.TrimLeft(rest, " \t,")
			rest = strings.TrimPrefix(rest, "W/")
			if !strings.HasPrefix(rest, `"`) {
				break
			}
			end := strings.IndexByte(rest[1:], '"') + 2
			if end < 2 {
				break
			}
			if rest[:end] == tag {
				return true
			}
			rest = rest[end:]
		}
	}
	return false
}
