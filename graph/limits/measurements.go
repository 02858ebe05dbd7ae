package limits

// Stats are the measurements of one operation, counted as Limits describe.
type Stats struct {
	Depth      int
	Aliases    int
	RootFields int
	Directives int
	// Selections is one more than the limit if the walk stopped there. The other counts are then
	// incomplete.
	Selections int
	// Pages is the maximum number of Census pages the operation can cost. Pages in memory and
	// pages shared by several fields cost nothing, so the actual cost is lower. It is 0 if
	// another limit was exceeded; 2147483647 means that many or more.
	Pages int
	// Introspection reports whether __schema or __type is selected.
	Introspection bool
}

// refusal returns the first limit that s exceeds; nil if s is within all. Selections comes first:
// if it is exceeded, the other counts are incomplete.
func (s Stats) refusal(l *Limits) *Refusal {
	for _, r := range [...]Refusal{
		{Selections, l.Selections, s.Selections},
		{Depth, l.Depth, s.Depth},
		{Aliases, l.Aliases, s.Aliases},
		{RootFields, l.RootFields, s.RootFields},
		{Directives, l.Directives, s.Directives},
		{Pages, l.Pages, s.Pages},
	} {
		if r.Actual > r.Allowed {
			refused := r // allocated only for a refusal
			return &refused
		}
	}
	return nil
}
