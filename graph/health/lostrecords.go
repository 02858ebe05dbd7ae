package health

import (
	"fmt"
	"strconv"

	"census-gateway/upstream/census"
)

// allowedLoss returns the share of records that a run of the sync may lose. The sync's own alerts
// decide; of several, the strictest.
func allowedLoss(sync *census.Sync) float64 {
	share, set := maxLostShare, false
	for i := range sync.Alerts {
		a := &sync.Alerts[i]
		if a.Type != census.AlertInvalidRecords {
			continue
		}
		percent, err := strconv.ParseFloat(a.Option("threshold"), 64)
		if err == nil && percent >= 0 && percent <= 100 && (!set || percent/100 < share) {
			share, set = percent/100, true
		}
	}
	return share
}

// LostShare returns the share of a run's records that were rejected or invalid, from 0 to 1.
func LostShare(r *census.SyncRun) float64 {
	rejected, invalid := lostRecordCounts(r)
	if rejected == 0 && invalid == 0 {
		return 0
	}
	return (float64(rejected) + float64(invalid)) / (float64(max(r.RecordsProcessed.N, rejected)) + float64(invalid))
}

// lostRecordCounts returns the numbers of rejected and of invalid records of a run.
func lostRecordCounts(r *census.SyncRun) (rejected, invalid int64) {
	if !r.SourceRecordInvalids.Known {
		return max(r.RecordsFailed.N, 0), max(r.RecordsInvalid.N, 0)
	}
	return max(r.RecordsFailed.N, 0), max(r.SourceRecordInvalids.N, 0)
}

// flaw returns what is wrong with a finished run, or "". Most runs in most workspaces lose some
// records, so only many lost records are a flaw.
func (v *facts) flaw(r *census.SyncRun) string {
	if r.Outcome() == census.OutcomeFailed {
		return "it failed"
	}
	rejected, invalid := lostRecordCounts(r)
	share := LostShare(r)
	if share <= v.allowedLoss {
		return ""
	}
	words := fmt.Sprintf("%s, %.1f %%, were left out as invalid", countText(invalid, "record"), share*100)
	switch {
	case invalid == 0:
		words = fmt.Sprintf("the destination rejected %s, %.1f %%", countText(rejected, "record"), share*100)
	case rejected > 0:
		words = fmt.Sprintf("the destination rejected %s and %d were left out as invalid, %.1f %% together", countText(rejected, "record"), invalid, share*100)
	}
	if v.allowedLoss != maxLostShare {
		words += fmt.Sprintf(" (its alert allows %g %%)", v.allowedLoss*100)
	}
	return words
}
