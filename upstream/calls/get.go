package calls

import (
	"context"
	"errors"
	"net/http"
)

// Get reads one answer of Census. The caller must free it. The layers, outermost first:
//
//	deadline   limits everything below, including waiting
//	observe    also sees calls that are never sent
//	explain    distinguishes a missing record from a missing API
//	retry      outside the gates: a paused call holds no slot, and each
//	           try is admitted again, since the last one may have closed a gate
//	gates      pauses, breaker, bulkhead; see admit for the order
//	try        one exchange with a timeout of its own, which excludes waiting
func (c *Caller) Get(ctx context.Context, e Endpoint, id int64, query string) (Body, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, CallTimeout)
		defer cancel()
	}
	ctx, end := c.observe(ctx, "GET "+string(e))
	var call Call
	defer func() { end(call) }()
	answer, err := retry(ctx, &c.standing.budget, func() (answer Body, err *Error) {
		answer, err = c.attempt(ctx, e, id, query, &call)
		if call.Failed = err != nil; call.Failed {
			call.Status, call.Kind = err.Status, err.Kind
		} else {
			call.Status, call.Kind = http.StatusOK, 0
		}
		return answer, err
	})
	return answer, c.explainMissing(ctx, e, id, query, err)
}

// explainMissing returns err, the result of a call of e. If a record is missing because the
// whole API is gone, it returns an error that says so. That costs a call, at most one a minute.
func (c *Caller) explainMissing(ctx context.Context, e Endpoint, id int64, query string, err error) error {
	if e == ListSyncs {
		c.standing.root.record(err)
		return err
	}
	if err == nil || !IsKind(err, NotFound) || e.isRootList() || !firstPage(query) {
		return err
	}
	gone := c.standing.root.goneCause(ctx, func() {
		if answer, err := c.Get(ctx, ListSyncs, 0, "?page=1&per_page=1"); err == nil {
			answer.Free()
		}
	})
	if gone == nil {
		return err
	}
	var missing *Error
	errors.As(err, &missing)
	failed := e.fail(Gone, id, gone.Err)
	failed.Status = missing.Status
	return failed
}
