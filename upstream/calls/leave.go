package calls

import "context"

// A Leave is asked before each exchange, and may wait. The exchange ends with the call of
// what it returns; with an error it is not made.
type Leave func(ctx context.Context) (end func(), err error)

// WithLeave returns a caller whose exchanges need leave; nil lets all pass.
func (c *Caller) WithLeave(leave Leave) *Caller {
	asking := *c
	asking.before = leave
	return &asking
}
