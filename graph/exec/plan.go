package exec

import (
	"slices"
)

// A Plan is an operation compiled for a schema. It is immutable, so executions share it.
type Plan struct {
	// Fixed reports whether the plan is the same for all values of the variables.
	Fixed bool

	root      *set
	sets      int // number of sets
	arguments int // number of fields with arguments
}

// A set is the selection on the objects of one type at one place of the operation.
type set struct {
	number   int // index in the plan
	span     int // number of sets from here down, itself included
	object   *Object
	plain    func(b []byte, obj any, texts []Text) ([]byte, int, error) // Object.Plain
	steps    []*step
	texts    []Text // of the steps
	end      string // follows the last value
	loads    bool   // the objects must be loaded
	columns  int    // number of steps with a column
	width    int    // number of steps with a column, those of the sets below included
	deferred []*deferred
	simple   bool // see simplify
}

// deep reports whether anything must be loaded or resolved for the objects of s or for
// objects below them.
func (s *set) deep() bool { return s.loads || s.columns > 0 }

// selectsAny reports whether s selects any field.
func (s *set) selectsAny() bool { return len(s.steps)+len(s.deferred) > 0 }

// A deferred fragment is answered after its object.
type deferred struct {
	label string
	set   *set
}

// A step is a field of a set.
type step struct {
	collected
	field  *Field // nil: __typename
	args   int    // index among all arguments; -1 if it has none
	sets   []*set // the selections by possible type; nil if the field is a leaf
	column int    // where the execution stores its values; -1 if it is only written
	below  bool   // fields below have arguments, which the resolver may read
}

// onlyNames is Object.Plain for objects without plain scalars, which still have a __typename.
func onlyNames(b []byte, _ any, texts []Text) ([]byte, int, error) {
	for i, t := range texts {
		if b = append(b, t.Before...); t.Plain != TypeName {
			return b, i, nil
		}
	}
	return b, len(texts), nil
}

// index returns the index in st.sets of the set for the type of obj.
func (s *step) index(obj any) int {
	if len(s.sets) == 1 {
		return 0
	}
	return slices.IndexFunc(s.sets, func(set *set) bool { return set.object.Is(obj) })
}
