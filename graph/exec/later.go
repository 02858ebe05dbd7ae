package exec

import "errors"

// A Later is the future value of a resolver. The zero Later holds the zero T.
type Later[T any] struct {
	value T
	err   error
	next  func() Later[T] // nil if value and err are final
	slow  bool            // next may block, so it runs in its own goroutine
}

// Value returns a Later that already holds v or an error.
func Value[T any](v T, err error) Later[T] { return Later[T]{value: v, err: err} }

// Then returns a Later that continues with next after the loaders have read.
func Then[T any](next func() Later[T]) Later[T] { return Later[T]{next: next} }

// A Loaded is a value requested from a loader. Get returns it once the loader has read.
type Loaded[V any] interface{ Get() (V, error) }

// After returns a Later that passes the value of a loader to next, or fails with its error.
func After[V, T any](loaded Loaded[V], next func(V) (T, error)) Later[T] {
	return Then(func() Later[T] {
		v, err := loaded.Get()
		if err != nil {
			return Later[T]{err: err}
		}
		return Value(next(v))
	})
}

// Slow returns a Later that calls wait after the loaders have read. wait may take long, since
// other fields do not wait for it. It must return soon after the execution's context ends.
func Slow[T any](wait func() (T, error)) Later[T] {
	return Then(func() Later[T] {
		return Later[T]{slow: true, next: func() Later[T] { return Value(wait()) }}
	})
}

// Wait returns the value of l. The function read must read all keys that loaders have collected.
func (l Later[T]) Wait(read func()) (T, error) {
	for l.next != nil {
		if !l.slow {
			read()
		}
		l = l.next()
	}
	return l.value, l.err
}

// A Beside holds errors that are reported together with a value.
type Beside []error

// Error joins the texts of the errors.
func (b Beside) Error() string { return errors.Join(b...).Error() }

// A Failed is a failed element of a list. It is answered as null, with an error at its place.
type Failed struct{ Err error }

// All returns a list of n elements. element makes each from the value or error of later(i), none
// of which may be slow.
func All[T any](n int, later func(i int) Later[T], element func(T, error) T) Later[[]T] {
	laters := make([]Later[T], n)
	for i := range laters {
		laters[i] = later(i)
	}
	return all(laters, element)
}

func all[T any](laters []Later[T], element func(T, error) T) Later[[]T] {
	values := make([]T, len(laters))
	for i, l := range laters {
		if l.next != nil {
			return Then(func() Later[[]T] {
				for i := range laters {
					if laters[i].next != nil {
						laters[i] = laters[i].next()
					}
				}
				return all(laters, element)
			})
		}
		values[i] = element(l.value, l.err)
	}
	return Value(values, nil)
}

// Map returns a Later that passes the value or error of l to f.
func Map[V, T any](l Later[V], f func(V, error) (T, error)) Later[T] {
	if l.next == nil {
		return Value(f(l.value, l.err))
	}
	return Later[T]{slow: l.slow, next: func() Later[T] { return Map(l.next(), f) }}
}

// Bind returns a Later that passes the value of l to f, or fails with its error.
func Bind[V, T any](l Later[V], f func(V) Later[T]) Later[T] {
	if l.next == nil {
		if l.err != nil {
			return Later[T]{err: l.err}
		}
		return f(l.value)
	}
	return Later[T]{slow: l.slow, next: func() Later[T] { return Bind(l.next(), f) }}
}
