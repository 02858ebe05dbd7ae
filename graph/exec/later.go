package exec

import "errors"

// A Later is the value that a resolver will have. Its zero value is the zero T.
type Later[T any] struct {
	value T
	err   error
	next  func() Later[T] // nil: value and err are there
	slow  bool            // next may block, so it runs beside the execution
}

// Value is a value that is there already, or an error.
func Value[T any](v T, err error) Later[T] { return Later[T]{value: v, err: err} }

// Then goes on with next when what has been asked of loaders is read.
func Then[T any](next func() Later[T]) Later[T] { return Later[T]{next: next} }

// A Loaded is a value that a loader has been asked for. It is there when the loader has
// read.
type Loaded[V any] interface{ Get() (V, error) }

// After goes on with the value of a loader.
func After[V, T any](loaded Loaded[V], next func(V) (T, error)) Later[T] {
	return Then(func() Later[T] {
		v, err := loaded.Get()
		if err != nil {
			return Later[T]{err: err}
		}
		return Value(next(v))
	})
}

// Slow goes on with wait when what has been asked of loaders is read. It may take its
// time: other fields do not wait for it. It must end soon after the context of the
// execution does.
func Slow[T any](wait func() (T, error)) Later[T] {
	return Then(func() Later[T] {
		return Later[T]{slow: true, next: func() Later[T] { return Value(wait()) }}
	})
}

// Wait returns the value of l. read has to read what has been asked of loaders.
func (l Later[T]) Wait(read func()) (T, error) {
	for l.next != nil {
		if !l.slow {
			read()
		}
		l = l.next()
	}
	return l.value, l.err
}

// Beside are errors that stand beside a value, which is answered all the same.
type Beside []error

// Error joins the texts of the errors.
func (b Beside) Error() string { return errors.Join(b...).Error() }

// Failed is the element of a list that failed: it is null, with an error at its
// place.
type Failed struct{ Err error }

// All is a list of n values, none of them slow, as element makes them of what comes of later.
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

// Map makes something of what comes of l, or of its error.
func Map[V, T any](l Later[V], f func(V, error) (T, error)) Later[T] {
	if l.next == nil {
		return Value(f(l.value, l.err))
	}
	return Later[T]{slow: l.slow, next: func() Later[T] { return Map(l.next(), f) }}
}

// Bind goes on with what comes of l, or fails as it does.
func Bind[V, T any](l Later[V], f func(V) Later[T]) Later[T] {
	if l.next == nil {
		if l.err != nil {
			return Later[T]{err: l.err}
		}
		return f(l.value)
	}
	return Later[T]{slow: l.slow, next: func() Later[T] { return Bind(l.next(), f) }}
}
