package graph

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// each runs do for the numbers below n at once and waits. A panic in one is
// raised again when the others are through.
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

// contain runs do and returns its panic as an error, with the stack for the log.
func contain(do func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	do()
	return nil
}

// places bound how many do something at once.
type places chan struct{}

// enter waits for a place; the caller leaves it by what it returns. If ctx ends first, it
// returns without a place; work under ctx then fails by itself.
func (p places) enter(ctx context.Context) (leave func()) {
	select {
	case p <- struct{}{}:
		return func() { <-p }
	case <-ctx.Done():
		return func() {}
	}
}
