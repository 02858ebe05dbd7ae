package graph

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"census-gateway/internal/stack"
)

// concurrently calls do for the numbers below n concurrently and waits. If calls panic, it panics
// after all of them have returned.
func concurrently(n int, do func(i int)) {
	if n == 1 {
		do(0)
		return
	}
	panics := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			stack.Grow()
			panics[i] = recoverPanic(func() { do(i) })
		})
	}
	wg.Wait()
	if err := errors.Join(panics...); err != nil {
		panic(err)
	}
}

// recoverPanic calls do and returns a panic as an error, with the stack for the log.
func recoverPanic(do func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	do()
	return nil
}

// A semaphore limits the number of concurrent uses.
type semaphore chan struct{}

// acquire waits for a place. The caller must call release to free it. If ctx ends first, acquire
// returns without a place, since work under ctx then fails by itself.
func (s semaphore) acquire(ctx context.Context) (release func()) {
	select {
	case s <- struct{}{}:
		return func() { <-s }
	case <-ctx.Done():
		return func() {}
	}
}
