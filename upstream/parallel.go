package upstream

import "sync"

// parallel calls do for every item, at most the given number at a time, and waits for all. It
// raises a panic of do again in the caller's goroutine.
func parallel[T any](most int, items []T, do func(T)) {
	if len(items) == 0 {
		return
	}
	if len(items) == 1 {
		do(items[0])
		return
	}
	var wg sync.WaitGroup
	var panicked any
	var once sync.Once
	places := make(chan struct{}, most)
	for _, item := range items {
		places <- struct{}{}
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					once.Do(func() { panicked = p })
				}
				<-places
			}()
			do(item)
		})
	}
	wg.Wait()
	if panicked != nil {
		panic(panicked)
	}
}
