package compare

import (
	"fmt"
	"io"
	"strings"
)

// maxListed is the maximum number of ids in a line.
const maxListed = 50

// Write prints a report for people.
func (r *Report) Write(w io.Writer) {
	fmt.Fprintf(w, "V1 shows %d syncs, V2 %d in %d groups.\n", r.V1, r.V2, len(r.Groups))
	for _, g := range r.Groups {
		key, served := g.Key, "would be served"
		if key == "" {
			key = "(unknown)"
		}
		if !g.Served {
			served = "would not be served"
		}
		fmt.Fprintf(w, "  %s: %d syncs, %s\n", key, g.Syncs, served)
	}
	for _, list := range []struct {
		what string
		ids  []string
	}{
		{"Served on V1, not on V2", r.Missing},
		{"  of these V2 shows, in other groups", r.Hidden},
		{"Served on V2, not on V1", r.Added},
		{"Without the name of their destination on V2", r.Unnamed},
	} {
		if len(list.ids) > 0 || !strings.HasPrefix(list.what, " ") {
			fmt.Fprintf(w, "%s: %s.\n", list.what, listed(list.ids))
		}
	}
	fmt.Fprintf(w, "Compared %d finished runs of %d syncs: %d differences.\n", r.Runs.Runs, r.Runs.Syncs, len(r.Runs.Differences))
	for _, d := range r.Runs.Differences {
		fmt.Fprintln(w, "  "+d)
	}
	if len(r.Runs.OnlyV1)+len(r.Runs.OnlyV2) > 0 {
		fmt.Fprintf(w, "  keys of runs only on V1: %s; only on V2: %s.\n", listed(r.Runs.OnlyV1), listed(r.Runs.OnlyV2))
	}
	fmt.Fprintln(w, "\nShapes of V2's records: keys and types, no values. Please send them to the maintainers.")
	for _, s := range r.Shapes {
		fmt.Fprintf(w, "\n%s (%d)\n", s.Kind, s.Records)
		for _, p := range s.Paths {
			fmt.Fprintf(w, "  %s: %s\n", p.Key, p.Types)
		}
	}
}

// listed formats at most maxListed ids, and the number of the rest.
func listed(ids []string) string {
	switch {
	case len(ids) == 0:
		return "none"
	case len(ids) > maxListed:
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:maxListed], ", "), len(ids)-maxListed)
	}
	return fmt.Sprintf("%s (%d)", strings.Join(ids, ", "), len(ids))
}
