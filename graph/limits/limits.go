package limits

import "math"

// Limits say how much one operation may ask for. In every number 0 means the default and a
// negative number switches that limit off. A fragment's fields count each time the fragment
// is spread. Fields count even if @skip or @include leaves them out.
type Limits struct {
	// Depth bounds how deep fields nest; a field of the root has depth 1 and fragments add
	// nothing. Fields under __schema and __type are exempt, because the usual introspection
	// query is deeper than any sensible limit (gqlparser has its own limit for it). Default
	// 12.
	Depth int
	// Aliases bounds fields that are given another name. Default 30.
	Aliases int
	// RootFields bounds the distinct answers asked of the root. Default 20.
	RootFields int
	// Directives bounds directives at every place of the operation, those of
	// its variables and fragments included. Default 50.
	Directives int
	// Selections bounds fields, spreads and inline fragments together. The
	// walk stops here, so switched off it still stops at 1 000 000. Default
	// 10 000.
	Selections int
	// Pages bounds the Census pages the operation can cost. Default 1 500: the
	// newest runs of 1,000 syncs, their records, and half as much beside.
	Pages int

	// Introspection lets __schema and __type be asked. Unlike the numbers it
	// has no default to fall back on: false refuses them.
	Introspection bool
}

// The numbers a zero stands for.
const (
	DefaultDepth      = 12
	DefaultAliases    = 30
	DefaultRootFields = 20
	DefaultDirectives = 50
	DefaultSelections = 10_000
	DefaultPages      = 1_500
)

// ceiling bounds the walk where Limits.Selections is switched off.
const ceiling = 1_000_000

// A Limit is the name of one limit, as extensions.limit and metrics show it.
type Limit string

// The limits, in the order in which they are looked at.
const (
	Selections Limit = "selections"
	Depth      Limit = "depth"
	Aliases    Limit = "aliases"
	RootFields Limit = "rootFields"
	Directives Limit = "directives"
	Pages      Limit = "pages"
	Calls      Limit = "calls" // that filters and lists of many syncs make, which is found out on the way; no setting
	Names      Limit = "names" // of a document, one name over and over; looked at first, and no setting
)

// resolved returns l with every zero replaced by its default and every
// negative number by one that no count goes beyond.
func (l Limits) resolved() Limits {
	l.Depth = resolve(l.Depth, DefaultDepth)
	l.Aliases = resolve(l.Aliases, DefaultAliases)
	l.RootFields = resolve(l.RootFields, DefaultRootFields)
	l.Directives = resolve(l.Directives, DefaultDirectives)
	l.Selections = min(resolve(l.Selections, DefaultSelections), ceiling)
	l.Pages = resolve(l.Pages, DefaultPages)
	return l
}

func resolve(n, fallback int) int {
	switch {
	case n == 0:
		return fallback
	case n < 0:
		return math.MaxInt
	}
	return n
}
