package limits

import "math"

// Limits are the limits for one operation. For every number, 0 means the default, and a negative
// number disables the limit. The fields of a fragment count each time the fragment is spread.
// Fields count even if @skip or @include excludes them.
type Limits struct {
	// Depth limits the nesting of fields. A root field has depth 1, and fragments do not add to
	// it. Fields under __schema and __type are exempt, because the usual introspection query is
	// deeper than any sensible limit (gqlparser has its own limit for it). Default 12.
	Depth int
	// Aliases limits the fields with an alias. Default 30.
	Aliases int
	// RootFields limits the distinct response keys at the root. Default 20.
	RootFields int
	// Directives limits the directives in the operation, its variables and its fragments. Default
	// 50.
	Directives int
	// Selections limits fields, spreads and inline fragments together. The walk stops at this
	// limit. If it is disabled, the walk stops at 1 000 000. Default 10 000.
	Selections int
	// Pages limits the Census pages the operation can cost. Default 1 500: the newest runs of
	// 1,000 syncs, their records, and half as much in addition.
	Pages int

	// Introspection allows __schema and __type. If it is false, they are rejected.
	Introspection bool
}

// Default values of Limits.
const (
	DefaultDepth      = 12
	DefaultAliases    = 30
	DefaultRootFields = 20
	DefaultDirectives = 50
	DefaultSelections = 10_000
	DefaultPages      = 1_500
)

// maxSelections limits the walk if Limits.Selections is disabled.
const maxSelections = 1_000_000

// A Limit is the name of a limit, as in extensions.limit and metrics.
type Limit string

// The limits, in the order in which they are checked.
const (
	Selections Limit = "selections"
	Depth      Limit = "depth"
	Aliases    Limit = "aliases"
	RootFields Limit = "rootFields"
	Directives Limit = "directives"
	Pages      Limit = "pages"
	Calls      Limit = "calls" // for filters and lists of many syncs; counted on the way, no setting
	Names      Limit = "names" // repeats of one name in a document; checked first, no setting
)

// withDefaults returns l with the default for every zero, and math.MaxInt for every negative
// number. Selections stays at most at maxSelections.
func (l Limits) withDefaults() Limits {
	l.Depth = orDefault(l.Depth, DefaultDepth)
	l.Aliases = orDefault(l.Aliases, DefaultAliases)
	l.RootFields = orDefault(l.RootFields, DefaultRootFields)
	l.Directives = orDefault(l.Directives, DefaultDirectives)
	l.Selections = min(orDefault(l.Selections, DefaultSelections), maxSelections)
	l.Pages = orDefault(l.Pages, DefaultPages)
	return l
}

func orDefault(n, fallback int) int {
	switch {
	case n == 0:
		return fallback
	case n < 0:
		return math.MaxInt
	}
	return n
}
