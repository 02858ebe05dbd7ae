package observe

import (
	"strings"

	"census-gateway/internal/errcodes"
)

// A blame is whose doing it is that an operation has errors. The larger one counts
// where there are several.
type blame uint8

const (
	nobody   blame = iota // it has none
	canceled              // its client left, or the gateway ended
	client                // who asks has to ask for something else
	upstream              // Census, or how it can be reached
	gateway
	blames = int(gateway) + 1
)

// String is the value of the label code_class.
func (b blame) String() string {
	return [...]string{"ok", "canceled", "client", "upstream", "gateway"}[b]
}

// blameFor judges the codes of an operation. It blames the gateway for an unknown code.
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
