package observe

import "strings"

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
	case "CANCELED":
		return canceled
	case "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "BAD_REQUEST", "PERSISTED_QUERY_NOT_FOUND",
		"PAYLOAD_TOO_LARGE", "QUERY_TOO_EXPENSIVE", "UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "RATE_LIMITED":
		return client
	}
	if strings.HasPrefix(code, "UPSTREAM_") {
		return upstream
	}
	return gateway
}
