package health

import (
	"fmt"
	"strconv"

	"census-gateway/upstream/census"
)

// allowed is the share of its records that a run may lose: what the sync's own alert on it
// allows, the strictest of several.
func allowed(sync *census.Sync) float64 {
	share, set := tooManyLost, false
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

// LostShare is the share of the records of a run that were rejected or invalid, from 0 to 1.
func LostShare(r *census.SyncRun) float64 {
	rejected, invalid := rejects(r)
	if rejected == 0 && invalid == 0 {
		return 0
	}
	return (float64(rejected) + float64(invalid)) / (float64(max(r.RecordsProcessed.N, rejected)) + float64(invalid))
}

// rejects are how many records of a run were rejected, and how many were invalid.
func rejects(r *census.SyncRun) (rejected, invalid int64) {
	if !r.SourceRecordInvalids.Known {
		return max(r.RecordsFailed.N, 0), max(r.RecordsInvalid.N, 0)
	}
	return max(r.RecordsFailed.N, 0), max(r.SourceRecordInvalids.N, 0)
}

// flaw says what is wrong with a finished run, "" if nothing is. Some records are lost in
// most runs of most workspaces; only many are worth a word.
func (v *view) flaw(r *census.SyncRun) string {
	if r.Outcome() == census.OutcomeFailed {
		return "it failed"
	}
	rejected, invalid := rejects(r)
	share := LostShare(r)
	if share <= v.allowed {
		return ""
	}
	words := fmt.Sprintf("%s, %.1f %%, were left out as invalid", count(invalid, "record"), share*100)
	switch {
	case invalid == 0:
		words = fmt.Sprintf("the destination rejected %s, %.1f %%", count(rejected, "record"), share*100)
	case rejected > 0:
		words = fmt.Sprintf("the destination rejected %s and %d were left out as invalid, %.1f %% together", count(rejected, "record"), invalid, share*100)
	}
	if v.allowed != tooManyLost {
		words += fmt.Sprintf(" (its alert allows %g %%)", v.allowed*100)
	}
	return words
}
