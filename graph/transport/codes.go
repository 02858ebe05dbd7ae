package transport

import (
	"net/http"

	"census-gateway/internal/errcodes"
)

// foreign maps codes that gqlgen and its extensions set to ours. Codes that
// stand in neither list pass unchanged.
var foreign = map[string]string{
	"COMPLEXITY_LIMIT_EXCEEDED": errcodes.QueryTooExpensive,
	"INTERNAL_ERROR":            errcodes.Internal,
}

// statusOf gives a status to the codes that have the same one in either media
// type. The others belong to GraphQL itself: see requestStatus.
var statusOf = map[string]int{
	errcodes.BadRequest:              http.StatusBadRequest,
	errcodes.Unauthenticated:         http.StatusUnauthorized,
	errcodes.Forbidden:               http.StatusForbidden,
	errcodes.PayloadTooLarge:         http.StatusRequestEntityTooLarge,
	errcodes.RateLimited:             http.StatusTooManyRequests,
	errcodes.Internal:                http.StatusInternalServerError,
	errcodes.Overloaded:              http.StatusServiceUnavailable,
	errcodes.UpstreamBusy:            http.StatusServiceUnavailable,
	errcodes.UpstreamUnavailable:     http.StatusServiceUnavailable,
	errcodes.UpstreamRateLimited:     http.StatusServiceUnavailable,
	errcodes.UpstreamTimeout:         http.StatusGatewayTimeout,
	errcodes.UpstreamUnauthenticated: http.StatusBadGateway,
	errcodes.UpstreamForbidden:       http.StatusBadGateway,
	errcodes.UpstreamBadResponse:     http.StatusBadGateway,
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
	if m == mediaJSON || m == mediaEvents {
		return http.StatusOK
	}
	return http.StatusBadRequest
}
