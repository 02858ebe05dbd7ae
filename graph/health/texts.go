package health

import (
	"fmt"
	"time"

	"census-gateway/upstream/census"
)

// durationText returns a duration in its largest unit, such as "90 minutes" or "3 days".
func durationText(d time.Duration) string {
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if d >= 2*unit.size || d == unit.size {
			return countText(int64(d/unit.size), unit.name)
		}
	}
	return countText(int64(max(d, 0)/time.Second), "second")
}

func countText(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (v *facts) agoText(t census.DateTime) string { return durationText(v.now.Sub(t)) }

// lastSuccessText returns when the sync last succeeded, as the end of a sentence.
func (v *facts) lastSuccessText() string {
	switch {
	case v.lastSuccess != nil:
		return fmt.Sprintf("the last success was %s ago", v.agoText(v.lastSuccess.CompletedAt))
	case v.untimedSuccess || v.futureRuns > 0:
		return "its last success is not known"
	case v.more && len(v.runs) > 0:
		return fmt.Sprintf("there is no success among the last %d runs", len(v.runs))
	case v.more:
		return "its last success is not known"
	}
	return "it has never succeeded"
}

func (v *facts) skippedText() string {
	if v.skippedRuns == 0 {
		return ""
	}
	return fmt.Sprintf(", and %s since skipped", countText(int64(v.skippedRuns), "run"))
}

// codeText returns the run's error code in brackets. It omits the message, which may contain data.
func codeText(r *census.SyncRun) string {
	if r.ErrorCode == nil || *r.ErrorCode == "" {
		return ""
	}
	return fmt.Sprintf(" (%.60s)", *r.ErrorCode)
}
