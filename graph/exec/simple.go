package exec

// simplify decides whether the objects of s are simple: their fields are plain, or simple objects
// without arguments, and nothing is deferred. They are written without the paths of fields.
func (s *set) simplify() {
	s.simple = !s.deep() && len(s.deferred) == 0
	for i, st := range s.steps {
		plain := s.texts[i].Plain != 0
		s.simple = s.simple && (plain || st.args < 0 && st.field.Get != nil && st.field.Len == nil && st.simple() != nil)
	}
}

// simple returns the selection on the objects of st if they are all of one type and simple.
func (st *step) simple() *set {
	if len(st.sets) == 1 && st.sets[0].simple {
		return st.sets[0]
	}
	return nil
}

// append appends obj, as writer.object writes it. It returns nil if a field fails, and does not
// recover from a panic. The writer then writes the object again, with the path of each field, and
// reports the error.
func (s *set) append(b []byte, obj any) []byte {
	for i := 0; ; i++ {
		var n int
		var err error
		b, n, err = s.plain(b, obj, s.texts[i:])
		if i += n; i == len(s.steps) {
			return append(b, s.end...)
		}
		if err != nil || s.texts[i].Plain != 0 {
			return nil
		}
		st := s.steps[i]
		v, err := st.field.Get(obj, nil)
		switch {
		case err != nil:
			return nil
		case v != nil:
			if b = st.sets[0].append(b, v); b == nil {
				return nil
			}
		case s.texts[i].Nullable:
			b = append(b, "null"...)
		default:
			return nil
		}
	}
}

// simpleObjects writes the n simple objects of list, up to one that is null or fails. Their
// text begins at start. It returns how many it wrote.
func (w *writer) simpleObjects(s *set, start, n int, list any, at func(list any, i int) any) (i int) {
	defer func() { _ = recover() }() // the i-th object panicked
	for ; i < n && w.grow(start, i, n); i++ {
		v := at(list, i)
		if _, failed := v.(Failed); failed || v == nil {
			return i
		}
		b := w.b
		if i > 0 {
			b = append(b, ',')
		}
		if b = s.append(b, v); b == nil {
			return i
		}
		w.b = b
	}
	return i
}
