package alerts_test

import (
	"fmt"
	"time"

	"census-gateway/graph/alerts"
	"census-gateway/upstream/census"
)

func ExampleOf() {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	at := func(ago time.Duration) census.DateTime { return census.DateTime(now.Add(-ago).UnixMilli()) }
	sync := &census.Sync{ID: 52, Alerts: []census.AlertSetting{{ID: 752, Type: "FailureAlertConfiguration"}}}
	failed := census.SyncRun{Status: census.StatusFailed, CreatedAt: at(time.Hour), CompletedAt: at(59 * time.Minute)}
	good := census.SyncRun{Status: census.StatusCompleted, CreatedAt: at(time.Minute), CompletedAt: at(0)}

	for _, newestFirst := range [][]census.SyncRun{{failed}, {good, failed}} {
		for _, a := range alerts.Of(sync, newestFirst, false, now) {
			fmt.Println(a.ID, a.State, a.Since.Time().Format(time.TimeOnly), a.Message)
		}
	}
	// Output:
	// SyncAlert:52:FAILED_RUN:CENSUS_SETTINGS:752 FIRING 11:01:00 The last finished run failed.
	// SyncAlert:52:FAILED_RUN:CENSUS_SETTINGS:752 RESOLVED 12:00:00 The run did not fail.
}
