package live

import (
	"context"
	"errors"
	"sync"
)

// ringSize is how many changes a feed holds for those who read more slowly.
const ringSize = 4096

// ErrSlow ends a follower that fell behind by more changes than a feed holds.
var ErrSlow = errors.New("the follower was too slow")

// A feed is the newest changes, in order.
type feed[T any] struct {
	mu    sync.Mutex
	ring  []T
	next  uint64        // number of the next change; from 0
	wake  chan struct{} // closed at the next change; nil: nobody waits
	ended error         // why there are no more; nil: there may be
}

// put adds changes. Those that are put together are seen together.
func (f *feed[T]) put(changes ...T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range changes {
		if len(f.ring) < ringSize {
			f.ring = append(f.ring, c)
		} else {
			f.ring[f.next%ringSize] = c
		}
		f.next++
	}
	f.rouse()
}

// end ends the feed for all who follow it.
func (f *feed[T]) end(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = err
	f.rouse()
}

func (f *feed[T]) rouse() {
	if f.wake != nil {
		close(f.wake)
		f.wake = nil
	}
}

// head is the number of the next change.
func (f *feed[T]) head() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.next
}

// at waits for the change of number n. last tells that it is the newest so far.
func (f *feed[T]) at(ctx context.Context, n uint64) (change T, last bool, err error) {
	for {
		change, last, wake, err := f.look(n)
		if wake == nil {
			return change, last, err
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return change, false, context.Cause(ctx)
		}
	}
}

// look is the change of number n; wake is what to wait for if there is none yet.
func (f *feed[T]) look(n uint64) (change T, last bool, wake <-chan struct{}, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.next > n+uint64(len(f.ring)):
		return change, false, nil, ErrSlow
	case n < f.next:
		return f.ring[n%ringSize], n+1 == f.next, nil, nil
	case f.ended != nil:
		return change, false, nil, f.ended
	}
	if f.wake == nil {
		f.wake = make(chan struct{})
	}
	return change, false, f.wake, nil
}
