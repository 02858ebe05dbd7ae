package live

import (
	"context"
	"errors"
	"sync"
)

// ringSize is the number of changes that a feed keeps for slow followers.
const ringSize = 4096

// ErrSlow ends a follower that is more than ringSize changes behind.
var ErrSlow = errors.New("the follower was too slow")

// A feed holds the newest changes, in order.
type feed[T any] struct {
	mu    sync.Mutex
	ring  []T
	next  uint64        // number of the next change; starts at 0
	wake  chan struct{} // closed by the next change; nil: nobody waits
	ended error         // why the feed ended; nil: it has not ended
}

// put adds changes in one step: no follower sees only some of them.
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
	f.wakeWaiters()
}

// end ends the feed for all followers.
func (f *feed[T]) end(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = err
	f.wakeWaiters()
}

func (f *feed[T]) wakeWaiters() {
	if f.wake != nil {
		close(f.wake)
		f.wake = nil
	}
}

// head returns the number of the next change.
func (f *feed[T]) head() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.next
}

// wait waits for the change with number n. last reports whether it is the newest so far.
func (f *feed[T]) wait(ctx context.Context, n uint64) (change T, last bool, err error) {
	for {
		change, last, wake, err := f.peek(n)
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

// peek returns the change with number n. If it does not exist yet, wake is closed when it does.
func (f *feed[T]) peek(n uint64) (change T, last bool, wake <-chan struct{}, err error) {
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
