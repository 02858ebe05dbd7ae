// Package calls makes single calls to Census that survive failures of Census and of the
// network. It decides how and when to call, and does not interpret the answers.
//
// A [Caller] uses one token. Callers of other tokens, made by [Caller.WithToken], share its
// connections. [Caller.Get] reads one answer of an [Endpoint]:
//
//	answer, err := caller.Get(ctx, calls.FetchSync, 52, "")
//	if err != nil {
//		return err // an *Error with its kind and when to retry
//	}
//	defer answer.Free() // do not keep any part of answer.Text
//
// A call passes these layers, outermost first:
//
//	deadline   ten seconds, unless the context has one (get.go)
//	retry      repeats what may succeed later, within a budget (retry.go, budget.go)
//	pauses     wait after a 429, for the sync or for the token (pause.go, pauses.go)
//	breaker    stops calls while Census fails in general (breaker.go)
//	bulkhead   limits concurrent calls of a sync, of a token, of all (bulkhead.go)
//	exchange   makes one request, with limits for time, connections and bytes
//	           (exchange.go, transport.go, resend.go, body.go)
//
// Each token has a standing: what Census's answers to it mean for its next calls
// (standing.go). Pauses, breaker and bulkhead are the gates (gates.go), which admit each
// exchange (admission.go). No error, log or answer contains the token (tokenleak.go).
package calls
