package observe

import (
	"cmp"
	"sync"
)

// maxValues is the maximum number of values of one label.
const maxValues = 64

// other is the value of a label beyond its maximum, and of a missing value.
const other = "other"

// bounded is a set of label values of limited size. The zero value is empty and ready for use.
type bounded struct {
	most int // maximum size; 0: maxValues
	mu   sync.RWMutex
	seen map[string]struct{}
}

// bound returns value if it is known or there is room for it, otherwise other.
func (b *bounded) bound(value string) string {
	if value == "" {
		return other
	}
	b.mu.RLock()
	_, known := b.seen[value]
	b.mu.RUnlock()
	if known {
		return value
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known = b.seen[value]; known {
		return value
	}
	if len(b.seen) >= cmp.Or(b.most, maxValues) {
		return other
	}
	if b.seen == nil {
		b.seen = map[string]struct{}{}
	}
	b.seen[value] = struct{}{}
	return value
}
