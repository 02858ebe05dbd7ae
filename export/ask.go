package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// tries is the maximum number of attempts at one query.
const tries = 6

// A failure is an error returned by the gateway.
type failure struct {
	Message    string
	Path       []any
	Extensions struct {
		Code              string
		RetryAfterSeconds float64
	}
}

func (f *failure) Error() string { return f.Message + " (" + f.Extensions.Code + ")" }

// lasting are the error codes that a retry does not fix.
var lasting = []string{"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "BAD_REQUEST", "QUERY_TOO_EXPENSIVE", "NOT_FOUND",
	"UPSTREAM_UNAUTHENTICATED", "UPSTREAM_FORBIDDEN", "UPSTREAM_GONE"}

// passing reports whether a retry of what failed may succeed.
func passing(err error) bool {
	var f *failure
	return errors.As(err, &f) && !slices.Contains(lasting, f.Extensions.Code)
}

// ask retries a query until its answer has no errors. A page without one of its syncs would lose
// runs. gone holds the positions in the root list whose ids do not exist.
func (e *exporter) ask(ctx context.Context, query string, variables map[string]any, data any) (gone map[int]bool, err error) {
	for try := range tries {
		gone, err = e.askOnce(ctx, query, variables, data)
		if err == nil || !passing(err) || ctx.Err() != nil || try == tries-1 {
			return gone, err
		}
		wait := time.Second << try
		var f *failure
		if errors.As(err, &f) {
			wait = max(wait, time.Duration(f.Extensions.RetryAfterSeconds*float64(time.Second)))
		}
		if sleep(ctx, min(wait, time.Minute)) != nil {
			return nil, err
		}
	}
	return gone, err
}

func (e *exporter) askOnce(ctx context.Context, query string, variables map[string]any, data any) (gone map[int]bool, err error) {
	body, err := e.Ask(ctx, query, variables)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Errors []*failure
		Data   json.RawMessage
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("the answer is not valid JSON: %w", err)
	}
	gone = map[int]bool{}
	for _, f := range answer.Errors {
		place, of := 0.0, len(f.Path) == 2 && f.Path[0] == "nodes" && f.Extensions.Code == "NOT_FOUND"
		if of {
			place, of = f.Path[1].(float64)
		}
		if !of {
			return nil, f
		}
		gone[int(place)] = true
	}
	return gone, json.Unmarshal(answer.Data, data)
}
