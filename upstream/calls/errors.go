package calls

import (
	"errors"
	"fmt"
	"time"
)

// A Kind says what a caller can do about a failed call.
type Kind uint8

const (
	Internal        Kind = iota // our own bug; nothing a caller can do
	NotFound                    // no such sync or run, or not this token's to see
	Unauthenticated             // Census does not accept the token
	Forbidden                   // Census knows the token and refuses this call
	RateLimited                 // Census wants fewer calls; see RetryAfter
	Timeout                     // Census did not answer in time; later may work
	Unavailable                 // Census is down or unreachable; later may work
	Busy                        // too many calls are under way already; later may work
	BadResponse                 // Census answered with something that cannot be read
	Canceled                    // the caller went away before the answer came
	Gone                        // Census no longer answers at this address
)

var kindNames = [...]string{"internal", "not_found", "unauthenticated", "forbidden", "rate_limited", "timeout", "unavailable", "busy", "bad_response", "canceled", "gone"}

// String is the kind in lower case, as logs and metrics have it.
func (k Kind) String() string { return kindNames[k] }

// Outcome is how the call ended, in one word: "ok", the kind of its failure, or
// "not_sent".
func (c Call) Outcome() string {
	switch {
	case c.Failed && c.Tries == 0: // Census knows nothing of it
		return "not_sent"
	case c.Failed:
		return c.Kind.String()
	}
	return "ok"
}

// An Error is a call to Census that failed.
type Error struct {
	Kind       Kind
	Call       string        // "GET /syncs/52/sync_runs"; no query, no token
	Subject    string        // what was asked for: "sync 52", "sync run 94", "the syncs"
	Status     int           // HTTP status; 0 if no answer came
	Personal   bool          // Census takes personal access tokens only here, and this was refused
	RetryAfter time.Duration // when a call may be sent again, as Census asked or as the gates say; 0: unknown
	Err        error         // the cause: for the log, never for a client
}

func (e *Error) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("%s: %s (HTTP %d): %v", e.Call, e.Kind, e.Status, e.Err)
	}
	return fmt.Sprintf("%s: %s: %v", e.Call, e.Kind, e.Err)
}

// Passing tells whether Census fails rather than refuses, or was not even asked:
// what it said a moment ago is then better than nothing. So it is where the API is
// gone: that says nothing of what the token may see.
func (e *Error) Passing() bool {
	return e.Kind == Timeout || e.Kind == Unavailable || e.Kind == RateLimited || e.Kind == Busy || e.Kind == Gone
}

// IsKind tells whether err is an Error of a kind.
func IsKind(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// Refused tells whether err says that Census does not let the token have what was
// asked for, or no more: then what it said before is not to be given out either.
func Refused(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Kind == Unauthenticated || e.Kind == Forbidden || e.Kind == NotFound)
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf tells what an HTTP status other than 2xx means to us.
//
// 404 and 410 are one thing: what was asked for is not there. A redirect means that the
// API is elsewhere. It is never followed, since the token would travel with it. Census
// may also want to be paid first (402), or be kept by law (451). The rest of the 4xx
// mean that we asked in a way Census does not understand.
func KindOf(status int) Kind {
	switch {
	case status == 301 || status == 302 || status == 303 || status == 307 || status == 308:
		return Gone
	case status == 401:
		return Unauthenticated
	case status == 403 || status == 402 || status == 451:
		return Forbidden
	case status == 404 || status == 410:
		return NotFound
	case status == 429:
		return RateLimited
	case status >= 500:
		return Unavailable
	}
	return BadResponse
}
