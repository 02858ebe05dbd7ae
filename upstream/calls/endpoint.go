package calls

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// An Endpoint is a path of the API. The id replaces its "{id}".
type Endpoint string

const (
	ListSyncs    Endpoint = "/syncs"
	FetchSync    Endpoint = "/syncs/{id}"
	ListSyncRuns Endpoint = "/syncs/{id}/sync_runs"
	FetchSyncRun Endpoint = "/sync_runs/{id}"

	ListSources      Endpoint = "/sources"
	ListDestinations Endpoint = "/destinations" // V1 only
	ListActivations  Endpoint = "/activations"  // V2 only
)

// Path returns the path of e for the given id.
func (e Endpoint) Path(id int64) string {
	return strings.Replace(string(e), "{id}", strconv.FormatInt(id, 10), 1)
}

// A target is what a failure is counted for: a sync and its runs, or the endpoint if the call
// names no sync. The zero value is no target.
type target struct {
	endpoint Endpoint
	id       int64
}

func (e Endpoint) target(id int64) target {
	switch e {
	case FetchSync, ListSyncRuns:
		return target{FetchSync, id}
	}
	return target{endpoint: e} // only the answer names the sync of a single run
}

// pauseTarget returns what a 429 to a call pauses: its target, or for a single run that run only.
func (e Endpoint) pauseTarget(id int64) target {
	if e == FetchSyncRun {
		return target{e, id}
	}
	return e.target(id)
}

// fail returns the Error of a call of e.
func (e Endpoint) fail(kind Kind, id int64, cause error) *Error {
	e = Endpoint(strings.TrimSuffix(string(e), "*")) // names of what is cached beside it end so
	subject := fmt.Sprintf("sync %d", id)
	switch e {
	case ListSyncs, ListSources, ListDestinations, ListActivations:
		subject = "the " + strings.TrimPrefix(string(e), "/")
	case FetchSyncRun:
		subject = fmt.Sprintf("sync run %d", id)
	}
	return &Error{Kind: kind, Call: "GET " + e.Path(id), Subject: subject, Err: cause}
}

// Missing returns the Error of a call of e for a missing record.
func (e Endpoint) Missing(id int64, cause error) *Error { return e.fail(NotFound, id, cause) }

// Unreadable returns the Error of an answer that came and is invalid.
func (e Endpoint) Unreadable(id int64, cause error) *Error {
	err := e.fail(BadResponse, id, cause)
	err.Status = http.StatusOK
	return err
}

// Failed returns err as an Error of a call of e. Any other error means that the wait for an
// answer ended.
func (e Endpoint) Failed(id int64, err error) error {
	var failed *Error
	switch {
	case errors.As(err, &failed):
		return err
	case errors.Is(err, context.Canceled):
		return e.fail(Canceled, id, err)
	case errors.Is(err, context.DeadlineExceeded):
		return e.fail(Timeout, id, err)
	}
	return e.Unreadable(id, err)
}
