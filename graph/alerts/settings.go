package alerts

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"census-gateway/upstream/census"
)

// ruleOf is the rule of a type of alert in Census (API reference, "alert_attributes").
func ruleOf(kind string) Rule {
	switch kind {
	case "FailureAlertConfiguration":
		return FailedRun
	case census.AlertInvalidRecords:
		return FailedRecords
	case "FullSyncTriggerAlertConfiguration":
		return FullSync
	case "RuntimeAlertConfiguration":
		return Runtime
	case "RecordCountDeviationAlertConfiguration":
		return RecordCount
	case "StatusAlertConfiguration":
		return Status
	}
	if strings.Contains(kind, "Pause") { // which is not documented
		return Paused
	}
	return Other
}

// judge judges the alert of a setting. It has no state if there is nothing to tell.
func (v *view) judge(s *census.AlertSetting) Alert {
	a := Alert{Sync: v.sync.ID, Rule: ruleOf(s.Type), Origin: CensusSettings, EveryTime: s.SendFor == "every_time", Recovery: s.Recovery}
	switch a.Rule {
	case FailedRun:
		return v.settle(a, v.failedRun)
	case FailedRecords:
		percent, err := threshold(s, "75") // Census's default
		if err == nil && percent > 100 {
			err = fmt.Errorf("its threshold, %g %%, is more than 100 %%", percent)
		}
		if err != nil {
			return a.unread(err)
		}
		a.Threshold = &percent
		return v.settle(a, func(i int) finding { return v.failedRecords(i, percent) })
	case FullSync:
		return v.settle(a, v.fullSync)
	case Runtime:
		limit, err := runtimeLimit(s)
		if err != nil {
			return a.unread(err)
		}
		seconds, scheduled := limit.Seconds(), strings.EqualFold(s.Option("start_type"), "scheduled")
		a.Threshold = &seconds
		return v.settle(a, func(i int) finding { return v.runtime(i, limit, scheduled) })
	case RecordCount:
		d, err := deviationOf(s)
		if err != nil {
			return a.unread(err)
		}
		a.Threshold = &d.percent
		return v.settle(a, func(i int) finding { return v.recordCount(i, d) })
	case Status:
		return a.unread(fmt.Errorf("it reports each run that starts or completes, which is an event and not a state"))
	}
	return a.unread(fmt.Errorf("its type, %.60q, is unknown", s.Type))
}

// unread is an alert whose setting cannot be evaluated.
func (a Alert) unread(err error) Alert {
	a.State, a.Message = Unknown, fmt.Sprintf("The alert cannot be judged: %s.", err)
	return a
}

// threshold is that of a setting, from 0 on; otherwise is taken if Census sends none.
func threshold(s *census.AlertSetting, otherwise string) (float64, error) {
	text := s.Option("threshold")
	if text == "" {
		text = otherwise
	}
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case text == "":
		return 0, fmt.Errorf("it has no threshold")
	case err != nil || math.IsNaN(n) || n < 0 || n > 1e9:
		return 0, fmt.Errorf("its threshold, %.40q, is not a number from 0 on", text)
	}
	return n, nil
}

// runtimeLimit is how long a run may take. The units are those of Census's own pages.
func runtimeLimit(s *census.AlertSetting) (time.Duration, error) {
	n, err := threshold(s, "")
	if err != nil {
		return 0, err
	}
	unit := strings.TrimSuffix(strings.ToLower(s.Option("unit")), "s")
	size, known := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[unit]
	if !known {
		return 0, fmt.Errorf("its unit, %.40q, is unknown", s.Option("unit"))
	}
	if n > float64(math.MaxInt64/int64(size)) {
		return 0, fmt.Errorf("its threshold, %g %ss, is too long", n, unit)
	}
	return time.Duration(n * float64(size)), nil
}

// A deviation is how far a number of records may be from what it was in the runs before.
type deviation struct {
	percent float64
	past    int // runs
	name    string
	count   func(*census.SyncRun) census.Count
}

// pastRuns is with how many runs a run is compared if the setting does not say.
const pastRuns = 10

func deviationOf(s *census.AlertSetting) (d deviation, err error) {
	if d.percent, err = threshold(s, s.Option("percent")); err != nil {
		return d, err
	}
	d.name, d.past = s.Option("record_type"), pastRuns
	if d.count = counts[d.name]; d.count == nil {
		return d, fmt.Errorf("its type of records, %.40q, is unknown", d.name)
	}
	for _, o := range s.Options { // Census does not document the name
		if !strings.Contains(o.Name, "run") {
			continue
		}
		if d.past, err = strconv.Atoi(o.Value); err != nil || d.past < 1 {
			return d, fmt.Errorf("its number of past runs, %.40q, is not a number from 1 on", o.Value)
		}
	}
	return d, nil
}

// counts are the numbers of records that an alert may be on, by the names that Census gives them
// there.
var counts = map[string]func(*census.SyncRun) census.Count{
	"source_record_count": func(r *census.SyncRun) census.Count { return r.SourceRecordCount },
	"records_updates":     func(r *census.SyncRun) census.Count { return r.SourceRecordUpdates },
	"records_deletes":     func(r *census.SyncRun) census.Count { return r.SourceRecordDeletes },
	"records_processed":   func(r *census.SyncRun) census.Count { return r.RecordsProcessed },
	"records_updated":     func(r *census.SyncRun) census.Count { return r.RecordsUpdated },
	"records_failed":      func(r *census.SyncRun) census.Count { return r.RecordsFailed },
	"records_invalid": func(r *census.SyncRun) census.Count {
		if r.SourceRecordInvalids.Known {
			return r.SourceRecordInvalids
		}
		return r.RecordsInvalid
	},
}
