package limits

// Stats are what one operation was measured to be, counted as Limits say.
type Stats struct {
	Depth      int
	Aliases    int
	RootFields int
	Directives int
	// Selections is one more than the limit where the walk was cut there; the
	// other counts are then of what was seen before the cut.
	Selections int
	// Pages is the most Census pages the operation can cost; what it does cost
	// is less, for pages in memory and pages that several fields share cost
	// nothing. 0 where another limit was passed; 2147483647 means that or more.
	Pages int
	// Introspection tells whether __schema or __type is asked.
	Introspection bool
}

// refusal returns the first limit that s passes, nil if none. Selections comes
// first: where it is passed the other counts are not complete.
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
			refused := r // only what is refused is allocated
			return &refused
		}
	}
	return nil
}
