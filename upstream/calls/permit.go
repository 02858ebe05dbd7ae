package calls

import "context"

// A Permit is called before each exchange, and may wait. It returns a function that is called when
// the exchange ends. If it returns an error, the exchange is not made.
type Permit func(ctx context.Context) (end func(), err error)

// WithPermit returns a caller whose exchanges need a permit; nil allows all.
func (c *Caller) WithPermit(permit Permit) *Caller {
	limited := *c
	limited.permit = permit
	return &limited
}
