package observe

import (
	"strings"

	"census-gateway/internal/errcodes"
)

// An errorClass is the party that caused the errors of an operation. If there are several, the
// largest value applies.
type errorClass uint8

const (
	noError  errorClass = iota // there are no errors
	canceled                   // the client left, or the gateway stopped
	client                     // the caller must change the request
	upstream                   // Census, or the connection to it
	gateway
	errorClasses = int(gateway) + 1
)

// String returns the value of the label code_class.
func (b errorClass) String() string {
	return [...]string{"ok", "canceled", "client", "upstream", "gateway"}[b]
}

// classOfAll returns the party that caused the errors with these codes. It blames the gateway for
// an unknown code.
func classOfAll(list []string) errorClass {
	worst := noError
	for _, code := range list {
		worst = max(worst, classOf(code))
	}
	return worst
}

func classOf(code string) errorClass {
	switch code {
	case errcodes.Canceled:
		return canceled
	case errcodes.ParseFailed, errcodes.ValidationFailed, errcodes.BadUserInput, errcodes.BadRequest, errcodes.PersistedQueryNotFound,
		errcodes.PayloadTooLarge, errcodes.QueryTooExpensive, errcodes.Unauthenticated, errcodes.Forbidden, errcodes.NotFound, errcodes.RateLimited:
		return client
	}
	if strings.HasPrefix(code, "UPSTREAM_") {
		return upstream
	}
	return gateway
}
