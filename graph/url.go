package graph

import (
	"fmt"

	"census-gateway/upstream"
)

// Census documents no addresses of its pages. These are the ones that its own
// Airflow provider builds.

// syncURL is Census's page of a sync; nil where there are none.
func (r *Resolver) syncURL(id upstream.SyncID) *string {
	if r.appURL == "" {
		return nil
	}
	url := fmt.Sprintf("%s/syncs/%d/history", r.appURL, id)
	return &url
}

// runURL is Census's page of a run.
func (r *Resolver) runURL(run *upstream.SyncRun) *string {
	url := r.syncURL(run.SyncID)
	if url != nil {
		*url += fmt.Sprintf("?sync_run_id=%d", run.ID)
	}
	return url
}
