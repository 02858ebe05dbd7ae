package exec

import "sync"

// A through holds the slow groups that have finished and have not been taken.
type through struct {
	mu     sync.Mutex
	groups []*group
	signal chan struct{} // holds an element when there may be groups; nil if no group is expected
}

// expect must be called before the first put.
func (t *through) expect() {
	if t.signal == nil {
		t.signal = make(chan struct{}, 1)
	}
}

func (t *through) put(g *group) {
	t.mu.Lock()
	t.groups = append(t.groups, g)
	t.mu.Unlock()
	select {
	case t.signal <- struct{}{}:
	default:
	}
}

// wait waits until there may be groups.
func (t *through) wait() { <-t.signal }

func (t *through) take() []*group {
	t.mu.Lock()
	defer t.mu.Unlock()
	groups := t.groups
	t.groups = nil
	return groups
}
