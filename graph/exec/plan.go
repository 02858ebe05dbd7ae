package exec

import (
	"slices"
)

// A Plan is an operation compiled for a schema. It does not change once it is made,
// so executions share it.
type Plan struct {
	// Fixed tells that the plan is the same whatever the variables are.
	Fixed bool

	root      *set
	sets      int // how many there are
	arguments int // how many fields have arguments
}

// A set is what is asked of the objects of one type at one place of the operation.
type set struct {
	number   int // in the plan
	span     int // how many sets there are below it, itself included
	object   *Object
	steps    []*step
	texts    []Text // of the steps
	end      string // what stands behind the last value
	loads    bool   // the objects are to be loaded
	columns  int    // steps that have a column
	width    int    // the same, with those of the sets below
	deferred []*deferred
}

// deep tells that there is something to load or to resolve, for the objects of s or
// below them.
func (s *set) deep() bool { return s.loads || s.columns > 0 }

// asks tells whether anything is asked.
func (s *set) asks() bool { return len(s.steps)+len(s.deferred) > 0 }

// A deferred fragment is answered after the object that it stands in.
type deferred struct {
	label string
	set   *set
}

// A step is a field of a set.
type step struct {
	collected
	field  *Field // nil: __typename
	args   int    // its place among all arguments; -1: it has none
	sets   []*set // what is asked of each possible type; nil: the field is a leaf
	column int    // where the execution keeps its values; -1: it is only written
	below  bool   // fields below it have arguments, at which its resolver may look
}

// plain is Plain of the type of obj, for the fields from one of them on.
func (s *set) plain(b []byte, obj any, from int) ([]byte, int, error) {
	texts := s.texts[from:]
	if s.object.Plain != nil {
		return s.object.Plain(b, obj, texts)
	}
	for i, t := range texts {
		if b = append(b, t.Before...); t.Plain != TypeName {
			return b, i, nil
		}
	}
	return b, len(texts), nil
}

// index is the place of what s asks of obj among its sets.
func (s *step) index(obj any) int {
	if len(s.sets) == 1 {
		return 0
	}
	return slices.IndexFunc(s.sets, func(set *set) bool { return set.object.Is(obj) })
}
