package calls

import (
	"errors"
	"fmt"
	"time"
)

// A Kind classifies failed calls by what the caller can do.
type Kind uint8

const (
	Internal        Kind = iota // a bug of the gateway
	NotFound                    // no such sync or run, or this token may not see it
	Unauthenticated             // Census rejects the token
	Forbidden                   // Census knows the token and refuses this call
	RateLimited                 // too many calls for Census; see RetryAfter
	Timeout                     // Census did not answer in time; retry later
	Unavailable                 // Census is down or unreachable; retry later
	Busy                        // too many calls are under way already; retry later
	BadResponse                 // Census's answer is invalid
	Canceled                    // the caller left before the answer came
	Gone                        // Census no longer answers at this address
)

var kindNames = [...]string{"internal", "not_found", "unauthenticated", "forbidden", "rate_limited", "timeout", "unavailable", "busy", "bad_response", "canceled", "gone"}

// String returns the kind in lower case, for logs and metrics.
func (k Kind) String() string { return kindNames[k] }

// A Call describes a finished request to Census, with all its tries.
type Call struct {
	Status int  // of the last answer; 0 if none came
	Failed bool // Kind is the reason
	Kind   Kind
	Tries  int // exchanges made; 0 if the call was refused here
}

// Outcome returns how the call ended, in one word: "ok", the kind of its failure, or
// "not_sent".
func (c Call) Outcome() string {
	switch {
	case c.Failed && c.Tries == 0: // it never reached Census
		return "not_sent"
	case c.Failed:
		return c.Kind.String()
	}
	return "ok"
}

// An Error is a failed call to Census.
type Error struct {
	Kind       Kind
	Call       string        // "GET /syncs/52/sync_runs"; without query and token
	Subject    string        // what was requested: "sync 52", "sync run 94", "the syncs"
	Status     int           // HTTP status; 0 if no answer came
	Personal   bool          // Census refused the token and accepts only personal access tokens here
	RetryAfter time.Duration // time until the next call, from Census or from the gates; 0: unknown
	Err        error         // the cause: for the log, never for a client
}

func (e *Error) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("%s: %s (HTTP %d): %v", e.Call, e.Kind, e.Status, e.Err)
	}
	return fmt.Sprintf("%s: %s: %v", e.Call, e.Kind, e.Err)
}

// Temporary reports whether Census fails rather than refuses, or was not called. A cached answer
// is then better than none. That includes a missing API, which shows nothing about what the
// token may see.
func (e *Error) Temporary() bool {
	return e.Kind == Timeout || e.Kind == Unavailable || e.Kind == RateLimited || e.Kind == Busy || e.Kind == Gone
}

// IsKind reports whether err is an Error of a kind.
func IsKind(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// Refused reports whether Census denies the token what was requested. Cached answers must then
// not be returned either.
func Refused(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Kind == Unauthenticated || e.Kind == Forbidden || e.Kind == NotFound)
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind for an HTTP status other than 2xx.
//
// 404 and 410 both mean that the record does not exist. A redirect means that the API is
// elsewhere. It is never followed, since it would carry the token along. 402 (payment) and 451
// (legal) are refusals. The other 4xx mean that the request is invalid for Census.
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

// notSent is the cause of a call that was refused here. A retry at once would be refused
// again.
type notSent string

func (n notSent) Error() string { return "not sent: " + string(n) }

func wasNotSent(err *Error) bool {
	_, ok := err.Err.(notSent)
	return ok
}
