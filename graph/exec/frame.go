package exec

// A frame is the objects of a set, and what was resolved for them.
type frame struct {
	objs    []any
	loads   Calls // nil: there was nothing to load
	columns []column

	one [1]any // room for objs, which often is one
}

// A column is the values of one field of all objects of a frame.
type column struct {
	values []any
	errs   []error // nil: none failed
	// The objects in the values, if there is something to resolve for them: below
	// has all of them, those of the i-th value from from[i] to from[i+1].
	below []place
	from  []int

	one struct { // room for these where the frame has one object
		value [1]any
		place [1]place
		from  [2]int
	}
}

// hold makes room for the values of n objects.
func (c *column) hold(n int) {
	if n == 1 {
		c.values = c.one.value[:]
		return
	}
	c.values = make([]any, n)
}

func (c *column) err(i int) error {
	if c.errs == nil {
		return nil
	}
	return c.errs[i]
}

func (c *column) places(i int) []place {
	if c.from == nil {
		return nil
	}
	return c.below[c.from[i]:c.from[i+1]]
}

// A place is where an object stands: in the frame of its set.
type place struct {
	set *set // nil: there is no object
	at  int
}

// A part is the answer without what is deferred, or a deferred fragment of one object.
type part struct {
	Pending
	set     *set
	obj     any
	at      []element // where the object stands
	frames  []frame   // of the set and of those below it
	columns []column  // for the frames that have none yet
	open    int       // groups that are not through
}

func (p *part) frame(s *set) *frame { return &p.frames[s.number-p.set.number] }

// A group is a load, or the calls of a resolver, for all objects of a frame.
type group struct {
	part  *part
	set   *set
	step  *step // the field that is resolved; nil: the objects are loaded
	calls Calls
}

// failed is why the i-th object could not be loaded.
func (f *frame) failed(i int) error {
	if f.loads == nil {
		return nil
	}
	_, err := f.loads.result(i)
	return err
}

func (c *column) fail(i int, err error) {
	if c.errs == nil {
		c.errs = make([]error, len(c.values))
	}
	c.errs[i] = err
}
