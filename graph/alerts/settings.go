package alerts

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"census-gateway/upstream/census"
)

// ruleOf returns the rule of a type of alert in Census (API reference, "alert_attributes").
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
	if strings.Contains(kind, "Pause") { // not documented by Census
		return Paused
	}
	return Other
}

// evaluate evaluates the alert of a setting. Its state is "" if it does not fire and did not.
func (v *runsView) evaluate(s *census.AlertSetting) Alert {
	a := Alert{Sync: v.sync.ID, Rule: ruleOf(s.Type), Origin: CensusSettings, EveryTime: s.SendFor == "every_time", Recovery: s.Recovery}
	switch a.Rule {
	case FailedRun:
		return v.combine(a, v.failedRun)
	case FailedRecords:
		percent, err := threshold(s, "75") // Census's default
		if err == nil && percent > 100 {
			err = fmt.Errorf("its threshold, %g %%, is more than 100 %%", percent)
		}
		if err != nil {
			return a.unknown(err)
		}
		a.Threshold = &percent
		return v.combine(a, func(i int) finding { return v.failedRecords(i, percent) })
	case FullSync:
		return v.combine(a, v.fullSync)
	case Runtime:
		limit, err := runtimeLimit(s)
		if err != nil {
			return a.unknown(err)
		}
		seconds, scheduled := limit.Seconds(), strings.EqualFold(s.Option("start_type"), "scheduled")
		a.Threshold = &seconds
		return v.combine(a, func(i int) finding { return v.runtime(i, limit, scheduled) })
	case RecordCount:
		d, err := deviationOf(s)
		if err != nil {
			return a.unknown(err)
		}
		a.Threshold = &d.percent
		return v.combine(a, func(i int) finding { return v.recordCount(i, d) })
	case Status:
		return a.unknown(fmt.Errorf("it reports each run that starts or completes, which is an event and not a state"))
	}
	return a.unknown(fmt.Errorf("its type, %.60q, is unknown", s.Type))
}

// unknown returns the alert of a setting that cannot be evaluated.
func (a Alert) unknown(err error) Alert {
	a.State, a.Message = Unknown, fmt.Sprintf("The alert cannot be evaluated: %s.", err)
	return a
}

// threshold returns the threshold of a setting, at least 0; fallback is used if Census sends none.
func threshold(s *census.AlertSetting, fallback string) (float64, error) {
	text := s.Option("threshold")
	if text == "" {
		text = fallback
	}
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case text == "":
		return 0, fmt.Errorf("it has no threshold")
	case err != nil || math.IsNaN(n) || n < 0 || n > 1e9:
		return 0, fmt.Errorf("its threshold, %.40q, is not a number of at least 0", text)
	}
	return n, nil
}

// runtimeLimit returns how long a run may take. The units are those of Census's own pages.
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

// A deviation is a setting about a number of records: how much it may differ from earlier runs.
type deviation struct {
	percent  float64
	pastRuns int // number of earlier runs to compare with
	name     string
	count    func(*census.SyncRun) census.Count
}

// defaultPastRuns is the number of earlier runs to compare with, unless the setting has one.
const defaultPastRuns = 10

func deviationOf(s *census.AlertSetting) (d deviation, err error) {
	if d.percent, err = threshold(s, s.Option("percent")); err != nil {
		return d, err
	}
	d.name, d.pastRuns = s.Option("record_type"), defaultPastRuns
	if d.count = counts[d.name]; d.count == nil {
		return d, fmt.Errorf("its type of records, %.40q, is unknown", d.name)
	}
	for _, o := range s.Options { // Census does not document the name of this option
		if !strings.Contains(o.Name, "run") {
			continue
		}
		if d.pastRuns, err = strconv.Atoi(o.Value); err != nil || d.pastRuns < 1 {
			return d, fmt.Errorf("its number of past runs, %.40q, is not a whole number of at least 1", o.Value)
		}
	}
	return d, nil
}

// counts has the numbers of records that an alert may use, by Census's names in alert settings.
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
