package graph

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// each calls do for the numbers below n concurrently and waits. If calls panic, it panics after
// all of them have returned.
func each(n int, do func(i int)) {
	if n == 1 {
		do(0)
		return
	}
	panics := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { panics[i] = contain(func() { do(i) }) })
	}
	wg.Wait()
	if err := errors.Join(panics...); err != nil {
		panic(err)
	}
}

// contain calls do and returns a panic as an error, with the stack for the log.
func contain(do func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	do()
	return nil
}

// places limits the number of concurrent uses.
type places chan struct{}

// enter waits for a place. The caller must call leave to free it. If ctx ends first, enter
// returns without a place, since work under ctx then fails by itself.
func (p places) enter(ctx context.Context) (leave func()) {
	select {
	case p <- struct{}{}:
		return func() { <-p }
	case <-ctx.Done():
		return func() {}
	}
}
