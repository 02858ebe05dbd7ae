// Package errcodes lists the values of errors[].extensions.code. docs/operations.md explains each
// to clients and operators.
package errcodes

// The codes of an answer's errors.
const (
	ParseFailed             = "GRAPHQL_PARSE_FAILED"
	ValidationFailed        = "GRAPHQL_VALIDATION_FAILED"
	BadUserInput            = "BAD_USER_INPUT"
	BadRequest              = "BAD_REQUEST"
	PersistedQueryNotFound  = "PERSISTED_QUERY_NOT_FOUND"
	PayloadTooLarge         = "PAYLOAD_TOO_LARGE"
	QueryTooExpensive       = "QUERY_TOO_EXPENSIVE"
	Unauthenticated         = "UNAUTHENTICATED"
	Forbidden               = "FORBIDDEN"
	NotFound                = "NOT_FOUND"
	RateLimited             = "RATE_LIMITED"
	Overloaded              = "OVERLOADED"
	UpstreamTimeout         = "UPSTREAM_TIMEOUT"
	UpstreamUnavailable     = "UPSTREAM_UNAVAILABLE"
	UpstreamBusy            = "UPSTREAM_BUSY"
	UpstreamRateLimited     = "UPSTREAM_RATE_LIMITED"
	UpstreamUnauthenticated = "UPSTREAM_UNAUTHENTICATED"
	UpstreamForbidden       = "UPSTREAM_FORBIDDEN"
	UpstreamGone            = "UPSTREAM_GONE"
	UpstreamBadResponse     = "UPSTREAM_BAD_RESPONSE"
	Internal                = "INTERNAL_SERVER_ERROR"

	// Canceled appears in logs and metrics only. The client left, or the gateway stopped, before
	// the answer was complete.
	Canceled = "CANCELED"
)
