package paging

import (
	"fmt"
	"strings"
)

// String is what v knows, as "250 rows: 0-99 240-249*": the ordinals of the rows that were
// read or recalled, in that order; with a star where those at an end may stand elsewhere
// among the rows of their moment; "?" where the total is not known.
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
