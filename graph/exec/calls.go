package exec

import (
	"fmt"
	"runtime/debug"
)

// Calls are the calls of one resolver for several objects.
type Calls interface {
	state() state
	step()   // continues each call that waited for loaders, after they have read
	finish() // waits for the slow calls
	result(i int) (any, error)
}

// A state describes which of the calls have not finished.
type state int

const (
	finished state = iota // all have finished
	waiting               // some wait for loaders
	running               // some are slow; the others have finished
)

// Call calls resolve for each of objs. erase converts a value to any, and null to nil.
func Call[T any](objs []any, erase func(T) any, resolve func(obj any) Later[T]) Calls {
	c := &calls[T]{erase: erase}
	if c.laters = c.one[:]; len(objs) != 1 {
		c.laters = make([]Later[T], len(objs))
	}
	for i, obj := range objs {
		c.do(i, func() Later[T] { return resolve(obj) })
	}
	return c
}

type calls[T any] struct {
	laters []Later[T]
	erase  func(T) any
	one    [1]Later[T] // memory for laters, since most have one element
}

// do continues the i-th call with f. A panic of f becomes the call's error.
func (c *calls[T]) do(i int, f func() Later[T]) {
	defer func() {
		if p := recover(); p != nil {
			c.laters[i] = Later[T]{err: &Panic{p, debug.Stack()}}
		}
	}()
	c.laters[i] = f()
}

func (c *calls[T]) state() state {
	s := finished
	for i := range c.laters {
		switch l := &c.laters[i]; {
		case l.next == nil:
		case l.slow:
			s = running
		default:
			return waiting
		}
	}
	return s
}

func (c *calls[T]) step() {
	for i := range c.laters {
		if l := &c.laters[i]; l.next != nil && !l.slow {
			c.do(i, l.next)
		}
	}
}

func (c *calls[T]) finish() {
	for i := range c.laters {
		if next := c.laters[i].next; next != nil {
			c.do(i, next)
		}
	}
}

func (c *calls[T]) result(i int) (any, error) {
	l := &c.laters[i]
	if _, beside := l.err.(Beside); l.err != nil && !beside {
		return nil, l.err
	}
	return c.erase(l.value), l.err
}

// contain calls f and returns a panic as an error.
func contain(f func() (any, error)) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Panic{p, debug.Stack()}
		}
	}()
	return f()
}

// A Panic is the error of a field that panicked.
type Panic struct {
	Value any
	Stack []byte
}

// Error returns the panic's value, for the log.
func (p *Panic) Error() string { return fmt.Sprintf("panic: %v", p.Value) }
