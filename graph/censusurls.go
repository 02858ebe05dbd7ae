package graph

import (
	"strconv"

	"census-gateway/upstream/census"
)

// Census does not document the addresses of its pages. Its own Airflow provider builds these.

// syncURL returns the address of a sync's page in Census; nil without AppURL.
func (r *Resolver) syncURL(id census.SyncID) *string {
	if r.appURL == "" {
		return nil
	}
	url := string(r.appendSyncURL(nil, id))
	return &url
}

// runURL returns the address of a run's page in Census; nil without AppURL.
func (r *Resolver) runURL(run *census.SyncRun) *string {
	if r.appURL == "" {
		return nil
	}
	url := string(r.appendRunURL(nil, run))
	return &url
}

func (r *Resolver) appendSyncURL(b []byte, id census.SyncID) []byte {
	b = append(append(b, r.appURL...), "/syncs/"...)
	return append(strconv.AppendInt(b, int64(id), 10), "/history"...)
}

func (r *Resolver) appendRunURL(b []byte, run *census.SyncRun) []byte {
	b = append(r.appendSyncURL(b, run.SyncID), "?sync_run_id="...)
	return strconv.AppendInt(b, int64(run.ID), 10)
}
