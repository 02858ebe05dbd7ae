// Package calls makes single calls to Census that survive what Census and the network
// do. It knows how to ask and when, and nothing of what the answers say.
//
// A [Caller] asks with one token; those of other tokens, made by [Caller.WithToken], share
// its connections. [Caller.Get] reads one answer of an [Endpoint]:
//
//	answer, err := caller.Get(ctx, calls.FetchSync, 52, "")
//	if err != nil {
//		return err // an *Error: what kind it is, and when to ask again
//	}
//	defer answer.Free() // nothing of answer.Text may be kept
//
// What a call passes, outermost first:
//
//	deadline   ten seconds where the context sets none (caller.go)
//	retry      what may pass by itself is asked for again, within a budget (retry.go, budget.go)
//	pauses     after a 429, for the sync that it was about or for the token (pause.go, pauses.go)
//	breaker    while Census fails at large (breaker.go)
//	bulkhead   places: of a sync, of a token, of all (bulkhead.go)
//	exchange   one request, bounded in time, connections and bytes (exchange.go, resend.go, body.go)
//
// What Census's answers to one token tell of its calls to come is its standing
// (standing.go). No error, log or answer holds the token (echo.go).
package calls
