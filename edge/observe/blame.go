package observe

import (
	"strings"

	"census-gateway/internal/errcodes"
)

// A blame is the party that caused the errors of an operation. If there are several, the largest
// value applies.
type blame uint8

const (
	nobody   blame = iota // there are no errors
	canceled              // the client left, or the gateway stopped
	client                // the caller must change the request
	upstream              // Census, or the connection to it
	gateway
	blames = int(gateway) + 1
)

// String returns the value of the label code_class.
func (b blame) String() string {
	return [...]string{"ok", "canceled", "client", "upstream", "gateway"}[b]
}

// blameFor returns the party that caused the errors with these codes. It blames the gateway for
// an unknown code.
func blameFor(list []string) blame {
	worst := nobody
	for _, code := range list {
		worst = max(worst, blameOf(code))
	}
	return worst
}

func blameOf(code string) blame {
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
