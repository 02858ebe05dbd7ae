package exec

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// A writer writes one part of an answer.
type writer struct {
	x        *Execution
	part     *part
	ctx      context.Context // collects the errors
	b        []byte
	path     []element
	errors   int
	deferred []*part         // of the objects written so far
	room     int             // bytes that Room has allowed
	full     *gqlerror.Error // the error of Room; nil if it has returned none
}

// fewBytes is the size, in bytes, up to which an answer is written without a call of Room.
const fewBytes = 32 << 10

// fits reports whether the part may grow to the given number of bytes.
func (w *writer) fits(bytes int) bool {
	if bytes > max(w.room, fewBytes) && w.full == nil && w.x.Room != nil {
		w.room = bytes
		w.full = w.x.Room(w.x.written + bytes)
	}
	return w.full == nil
}

// object appends the fields of s for obj, which is at index at of the frame of s. If the object
// must be null, it returns false, and the caller removes the rest of its text.
func (w *writer) object(s *set, obj any, at int) bool {
	var f *frame
	if s.deep() {
		f = w.part.frame(s)
		if err := f.failed(at); err != nil {
			w.fail(err)
			return false
		}
	}
	written := true // continue after a failed field, to report the errors of the others
	for from := 0; from < len(s.steps); {
		var ok bool
		from, ok = w.steps(s, obj, f, at, from)
		written = written && ok
	}
	if !written {
		return false
	}
	w.b = append(w.b, s.end...)
	for _, d := range s.deferred {
		at := slices.Clone(w.path)
		w.deferred = append(w.deferred, &part{Pending: Pending{Path: pathOf(at), Label: d.label}, set: d.set, obj: obj, at: at})
	}
	return true
}

// steps writes the fields of s, beginning with the given one. It returns the index to continue
// at: after the last field, or after a non-null field that failed.
func (w *writer) steps(s *set, obj any, f *frame, at, from int) (next int, ok bool) {
	depth, i, mark, parts := len(w.path), from, -1, len(w.deferred)
	defer func() {
		if p := recover(); p != nil {
			if mark < 0 { // one of the plain fields from i on panicked
				i, mark = w.untilPanic(s, obj, i)
			}
			w.path = append(w.path[:depth], element{step: s.steps[i]})
			w.fail(&Panic{p, debug.Stack()})
			next, ok = i+1, w.null(s.steps[i].Definition.Type, mark, parts)
			w.path = w.path[:depth]
		}
	}()
	for {
		b, n, err := s.plain(w.b, obj, s.texts[i:])
		w.b, i = b, i+n
		if i == len(s.steps) {
			return i, true
		}
		st := s.steps[i]
		mark, parts = len(b), len(w.deferred)
		if w.path == nil {
			w.path = make([]element, 0, 16) // few answers are nested deeper
		}
		w.path = append(w.path, element{step: st})
		var written bool
		switch {
		case err != nil:
			w.fail(err)
		case st.field.Plain > 0:
			w.fail(errNull)
		default:
			written = w.field(st, obj, f, at)
		}
		written = written || w.null(st.Definition.Type, mark, parts)
		w.path = w.path[:depth]
		if i++; !written {
			return i, false
		}
		mark = -1
	}
}

// untilPanic writes plain fields of s, beginning with i, up to the one that panics. It returns the
// index of that field, and where its value begins.
func (w *writer) untilPanic(s *set, obj any, i int) (panics, mark int) {
	one := *s
	for ; ; i++ {
		one.texts = s.texts[:i+1]
		written, _ := contain(func() (any, error) {
			b, _, _ := one.plain(w.b, obj, one.texts[i:])
			return b, nil
		})
		if written == nil {
			w.b = append(w.b, s.texts[i].Before...)
			return i, len(w.b)
		}
		w.b = written.([]byte)
	}
}

// null replaces a value that failed by null. It returns false if the type is non-null.
func (w *writer) null(typ *ast.Type, mark, parts int) bool {
	w.b, w.deferred = w.b[:mark], w.deferred[:parts]
	if typ.NonNull {
		return false
	}
	w.b = append(w.b, "null"...)
	return true
}

// field writes the value of a field. It returns false if the field failed.
func (w *writer) field(st *step, obj any, f *frame, at int) bool {
	var v any
	var err error
	var places []place
	switch {
	case st.column >= 0:
		col := &f.columns[st.column]
		v, err, places = col.values[at], col.err(at), col.places(at)
	case st.field.LeafWith != nil:
		args, err := w.x.arguments(st)
		if err != nil {
			w.fail(err)
			return false
		}
		b, err := st.field.LeafWith(w.b, obj, args)
		return w.leaf(st.Definition.Type, b, err)
	default:
		args, argsErr := w.x.arguments(st)
		if err = argsErr; err == nil {
			v, err = st.field.Get(obj, args)
		}
	}
	if beside, is := err.(Beside); is {
		for _, err := range beside {
			w.fail(err)
		}
		if v == nil {
			return false
		}
	} else if err != nil {
		w.fail(err)
		return false
	}
	return w.value(st, st.Definition.Type, v, places)
}

// value writes v, which may be null, for the field st.
func (w *writer) value(st *step, typ *ast.Type, v any, places []place) bool {
	if st.field.Leaf != nil {
		var b []byte
		var err error
		if v != nil {
			b, err = st.field.Leaf(w.b, v)
		}
		return w.leaf(typ, b, err)
	}
	switch {
	case v == nil:
		return w.noValue(typ)
	case typ.Elem != nil:
		return w.list(st, typ.Elem, v, places)
	case places != nil:
		return w.object(places[0].set, v, places[0].at)
	}
	return w.object(st.sets[st.index(v)], v, 0)
}

// leaf accepts b, the text with a leaf appended. A nil b means null.
func (w *writer) leaf(typ *ast.Type, b []byte, err error) bool {
	switch {
	case err != nil:
		w.fail(err)
		return false
	case b == nil:
		return w.noValue(typ)
	}
	w.b = b
	return true
}

// list writes the objects of list.
func (w *writer) list(st *step, typ *ast.Type, list any, places []place) bool {
	depth, written := len(w.path), true
	w.b = append(w.b, '[')
	start, n, i := len(w.b), st.field.Len(list), 0
	if s := st.simple(); s != nil && typ.Elem == nil {
		i = w.simpleObjects(s, start, n, list, st.field.At)
	}
	for ; i < n; i++ {
		if !w.grow(start, i, n) {
			return false
		}
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.path = append(w.path[:depth], element{index: i})
		mark, parts := len(w.b), len(w.deferred)
		var below []place
		if places != nil {
			below = places[i : i+1]
		}
		v, ok := st.field.At(list, i), false
		if failed, is := v.(Failed); is {
			w.fail(failed.Err)
		} else {
			ok = w.value(st, typ, v, below)
		}
		written = (ok || w.null(typ, mark, parts)) && written
	}
	w.path = w.path[:depth]
	w.b = append(w.b, ']')
	return written
}

// grow makes room for the i-th of n elements, whose text begins at start. It estimates them all
// from the first. It returns false if the answer would be too large.
func (w *writer) grow(start, i, n int) bool {
	bytes := len(w.b)
	if i == 1 {
		more := (bytes - start) * n * 9 / 8
		if !w.fits(bytes + more) {
			return false
		}
		w.b = slices.Grow(w.b, more)
	}
	return bytes <= w.room || w.fits(bytes*5/4)
}

var errNull = errors.New("must not be null")

// noValue writes null, or fails if the type is non-null.
func (w *writer) noValue(typ *ast.Type) bool {
	if typ.NonNull {
		w.fail(errNull)
		return false
	}
	w.b = append(w.b, "null"...)
	return true
}
