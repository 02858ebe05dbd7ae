package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// maxTries is the maximum number of attempts at one query.
const maxTries = 6

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

// permanentCodes are the error codes that a retry does not fix.
var permanentCodes = []string{"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "BAD_REQUEST", "QUERY_TOO_EXPENSIVE", "NOT_FOUND",
	"UPSTREAM_UNAUTHENTICATED", "UPSTREAM_FORBIDDEN", "UPSTREAM_GONE"}

// retryable reports whether a retry of a failed query may succeed.
func retryable(err error) bool {
	var f *failure
	return errors.As(err, &f) && !slices.Contains(permanentCodes, f.Extensions.Code)
}

// ask retries a query until its answer has no errors, because a partial page would lose runs. gone
// holds the indexes in the root list whose ids do not exist.
func (e *exporter) ask(ctx context.Context, query string, variables map[string]any, data any) (gone map[int]bool, err error) {
	for try := range maxTries {
		gone, err = e.askOnce(ctx, query, variables, data)
		if err == nil || !retryable(err) || ctx.Err() != nil || try == maxTries-1 {
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
		index, isNode := 0.0, len(f.Path) == 2 && f.Path[0] == "nodes" && f.Extensions.Code == "NOT_FOUND"
		if isNode {
			index, isNode = f.Path[1].(float64)
		}
		if !isNode {
			return nil, f
		}
		gone[int(index)] = true
	}
	return gone, json.Unmarshal(answer.Data, data)
}
