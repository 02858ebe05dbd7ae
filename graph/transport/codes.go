package transport

import "net/http"

// Codes stand in errors[].extensions.code. Those of the upstream are set where
// its errors are presented; all of them are known here for their status.
const (
	CodeParseFailed             = "GRAPHQL_PARSE_FAILED"
	CodeValidationFailed        = "GRAPHQL_VALIDATION_FAILED"
	CodeBadUserInput            = "BAD_USER_INPUT"
	CodeBadRequest              = "BAD_REQUEST"
	CodePersistedQueryNotFound  = "PERSISTED_QUERY_NOT_FOUND"
	CodePayloadTooLarge         = "PAYLOAD_TOO_LARGE"
	CodeQueryTooExpensive       = "QUERY_TOO_EXPENSIVE"
	CodeUnauthenticated         = "UNAUTHENTICATED"
	CodeForbidden               = "FORBIDDEN"
	CodeNotFound                = "NOT_FOUND"
	CodeRateLimited             = "RATE_LIMITED"
	CodeOverloaded              = "OVERLOADED"
	CodeUpstreamTimeout         = "UPSTREAM_TIMEOUT"
	CodeUpstreamUnavailable     = "UPSTREAM_UNAVAILABLE"
	CodeUpstreamBusy            = "UPSTREAM_BUSY"
	CodeUpstreamRateLimited     = "UPSTREAM_RATE_LIMITED"
	CodeUpstreamUnauthenticated = "UPSTREAM_UNAUTHENTICATED"
	CodeUpstreamForbidden       = "UPSTREAM_FORBIDDEN"
	CodeUpstreamBadResponse     = "UPSTREAM_BAD_RESPONSE"
	CodeInternal                = "INTERNAL_SERVER_ERROR"
)

// foreign maps codes that gqlgen and its extensions set to ours. Codes that
// stand in neither list pass unchanged.
var foreign = map[string]string{
	"COMPLEXITY_LIMIT_EXCEEDED": CodeQueryTooExpensive,
	"INTERNAL_ERROR":            CodeInternal,
}

// statusOf gives a status to the codes that have the same one in either media
// type. The others belong to GraphQL itself: see requestStatus.
var statusOf = map[string]int{
	CodeBadRequest:              http.StatusBadRequest,
	CodeUnauthenticated:         http.StatusUnauthorized,
	CodeForbidden:               http.StatusForbidden,
	CodePayloadTooLarge:         http.StatusRequestEntityTooLarge,
	CodeRateLimited:             http.StatusTooManyRequests,
	CodeInternal:                http.StatusInternalServerError,
	CodeOverloaded:              http.StatusServiceUnavailable,
	CodeUpstreamBusy:            http.StatusServiceUnavailable,
	CodeUpstreamUnavailable:     http.StatusServiceUnavailable,
	CodeUpstreamRateLimited:     http.StatusServiceUnavailable,
	CodeUpstreamTimeout:         http.StatusGatewayTimeout,
	CodeUpstreamUnauthenticated: http.StatusBadGateway,
	CodeUpstreamForbidden:       http.StatusBadGateway,
	CodeUpstreamBadResponse:     http.StatusBadGateway,
}

// requestStatus is the status of an answer without data. A request that HTTP
// carried well and GraphQL refused (it does not parse or validate, a variable
// does not fit, a persisted query is unknown) is 400 as
// application/graphql-response+json and 200 as application/json, as the audits
// 74FF and FDE2 of graphql-http have it.
func requestStatus(m media, code string) int {
	if status, ok := statusOf[code]; ok {
		return status
	}
	if m == mediaJSON {
		return http.StatusOK
	}
	return http.StatusBadRequest
}
