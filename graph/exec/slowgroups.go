package exec

import "sync"

// slowGroups holds the slow groups that have finished and have not been taken yet.
type slowGroups struct {
	mu     sync.Mutex
	groups []*group
	signal chan struct{} // holds an element when there may be groups; nil if no group is expected
}

// expect must be called before the first put.
func (s *slowGroups) expect() {
	if s.signal == nil {
		s.signal = make(chan struct{}, 1)
	}
}

func (s *slowGroups) put(g *group) {
	s.mu.Lock()
	s.groups = append(s.groups, g)
	s.mu.Unlock()
	select {
	case s.signal <- struct{}{}:
	default:
	}
}

// wait waits until there may be groups to take.
func (s *slowGroups) wait() { <-s.signal }

func (s *slowGroups) take() []*group {
	s.mu.Lock()
	defer s.mu.Unlock()
	groups := s.groups
	s.groups = nil
	return groups
}
