package exec

// A frame holds the objects of a set, and the values resolved for them.
type frame struct {
	objs    []any
	loads   Calls // nil if there was nothing to load
	columns []column

	one [1]any // memory for objs, since most have one element
}

// A column holds the values of one field for all objects of a frame.
type column struct {
	values []any
	errs   []error // nil if none failed
	// The objects in the values, if something must be resolved for them. The places of the i-th
	// value's objects are below[from[i]:from[i+1]].
	below []place
	from  []int

	one struct { // memory for these if the frame has one object
		value [1]any
		place [1]place
		from  [2]int
	}
}

// hold allocates memory for n values.
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

// A place is the position of an object in the frame of its set.
type place struct {
	set *set // nil if there is no object
	at  int
}

// A part is the answer without deferred fragments, or a deferred fragment of one object.
type part struct {
	Pending
	set     *set
	obj     any
	at      []element // the path of the object
	frames  []frame   // of the set and of the sets below it
	columns []column  // for the frames that have no columns yet
	open    int       // groups that have not finished
}

func (p *part) frame(s *set) *frame { return &p.frames[s.number-p.set.number] }

// A group is a load, or the calls of a resolver, for all objects of a frame.
type group struct {
	part  *part
	set   *set
	step  *step // the field being resolved; nil if the objects are being loaded
	calls Calls
}

// failed returns the error of loading the i-th object; nil if it is loaded.
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
