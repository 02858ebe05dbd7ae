package paging

import (
	"fmt"
	"strings"
)

// String prints what v knows, as "250 rows: 0-99 240-249*": the ordinals of the rows read or
// taken from the cache, in that order. A star means that rows at an end may have other places
// among the rows of their moment. "?" is an unknown total.
func (v *View[T]) String() string {
	var b strings.Builder
	if v.total < 0 {
		b.WriteString("? rows:")
	} else {
		fmt.Fprintf(&b, "%d rows:", v.total)
	}
	for i := range v.segments {
		g := &v.segments[i]
		fmt.Fprintf(&b, " %d-%d", g.First, g.end()-1)
		if g.Low+g.High > 0 {
			b.WriteByte('*')
		}
	}
	return b.String()
}
