package alerts

import (
	"fmt"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// A Rule is the condition of an alert.
type Rule string

const (
	FailedRun     Rule = "FAILED_RUN"
	FailedRecords Rule = "FAILED_RECORDS"
	FullSync      Rule = "FULL_SYNC"
	Runtime       Rule = "RUNTIME"
	RecordCount   Rule = "RECORD_COUNT"
	Late          Rule = "LATE"
	Stuck         Rule = "STUCK"
	Skipped       Rule = "SKIPPED"
	Paused        Rule = "PAUSED"
	Status        Rule = "STATUS"
	Other         Rule = "OTHER" // a type of alert that the gateway does not know
)

// An Origin says where an alert is configured or comes from.
type Origin string

const (
	CensusSettings Origin = "CENSUS_SETTINGS"
	GatewayRule    Origin = "GATEWAY_RULE"
	CensusWebhook  Origin = "CENSUS_WEBHOOK"
)

// A State says whether an alert fires.
type State string

const (
	Firing   State = "FIRING"
	Resolved State = "RESOLVED" // it fired within the given runs, and no longer does
	Unknown  State = "UNKNOWN"  // it cannot be evaluated now
)

// An Alert is a rule of a sync, evaluated.
type Alert struct {
	ID      string // unique; made of sync, rule, origin and Census's alert id
	Sync    census.SyncID
	Rule    Rule
	Origin  Origin
	State   State
	Since   census.DateTime // 0 if it may have begun before the given runs, and for Unknown
	Message string          // one sentence; contains no values of records
	// Value is greater than Threshold while the alert fires (for Skipped, at least equal). The unit
	// of both is percent for FailedRecords and RecordCount, runs for Skipped, and seconds for other
	// rules. Nil for rules without a number.
	Value, Threshold *float64
	Run              *census.SyncRun // the run that determines the state; nil if none does

	EveryTime bool // notify for each run for which it fires, not only when it begins to fire
	Recovery  bool // notify also when it is resolved
}

// Of returns the alerts of a sync: first those of its settings in Census, then the gateway's own.
// runs are its newest runs, newest first; more reports whether older runs exist. Of changes
// neither; alerts point into runs. A rule that does not fire, and did not fire within runs, has no
// alert.
func Of(sync *census.Sync, runs []census.SyncRun, more bool, now time.Time) (all []Alert) {
	view := newRunsView(sync, runs, more, now)
	for i := range sync.Alerts {
		if a := view.evaluate(&sync.Alerts[i]); a.State != "" {
			a.ID = identify(&a, sync.Alerts, i)
			all = append(all, a)
		}
	}
	late, stuck, skipped := health.Troubles(sync, runs, more, now)
	for _, own := range [...]struct {
		rule Rule
		*health.Trouble
	}{{Late, late}, {Stuck, stuck}, {Skipped, skipped}} {
		if t := own.Trouble; t != nil {
			a := Alert{Sync: sync.ID, Rule: own.rule, Origin: GatewayRule, State: Firing, Since: t.Since, Message: t.Reason,
				Value: &t.Value, Threshold: &t.Limit, Run: t.Run, Recovery: true}
			a.ID = fmt.Sprintf("SyncAlert:%d:%s:%s", a.Sync, a.Rule, a.Origin)
			all = append(all, a)
		}
	}
	return all
}

// identify returns the id of the alert of a setting. It does not depend on the state of other
// alerts. If Census sends several settings of one rule with the same id, a number is appended, by
// their order.
func identify(a *Alert, settings []census.AlertSetting, i int) string {
	id := fmt.Sprintf("SyncAlert:%d:%s:%s:%d", a.Sync, a.Rule, a.Origin, settings[i].ID)
	same := 0
	for j := range settings[:i] {
		if settings[j].ID == settings[i].ID && ruleOf(settings[j].Type) == a.Rule {
			same++
		}
	}
	if same > 0 {
		id += fmt.Sprintf(":%d", same)
	}
	return id
}
