package transport

import (
	"net/http"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

// codeAliases maps codes of gqlgen and its extensions to ours. Codes in neither list pass
// unchanged.
var codeAliases = map[string]string{
	"COMPLEXITY_LIMIT_EXCEEDED": errcodes.QueryTooExpensive,
	"INTERNAL_ERROR":            errcodes.Internal,
}

// codeStatus lists the codes with the same status in both media types. For the codes of GraphQL
// itself, see requestStatus.
var codeStatus = map[string]int{
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

// requestStatus returns the status of an answer without data. GraphQL may reject a request that
// is valid as HTTP: a syntax error, an invalid document or variable, an unknown persisted query.
// The status is then 400 as application/graphql-response+json, and 200 as application/json
// (audits 74FF and FDE2 of graphql-http).
func requestStatus(m mediaType, code string) int {
	if status, ok := codeStatus[code]; ok {
		return status
	}
	if m == mediaJSON || m == mediaEvents {
		return http.StatusOK
	}
	return http.StatusBadRequest
}

const internalMessage = "internal server error"

func errorWithCode(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}

func codeOf(err *gqlerror.Error) string {
	c, _ := err.Extensions["code"].(string)
	return c
}
