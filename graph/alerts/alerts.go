package alerts

import (
	"fmt"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// A Rule is what an alert is about.
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
	Other         Rule = "OTHER" // a type of alert that is not known
)

// An Origin is who configured an alert.
type Origin string

const (
	CensusSettings Origin = "CENSUS_SETTINGS"
	GatewayRule    Origin = "GATEWAY_RULE"
	CensusWebhook  Origin = "CENSUS_WEBHOOK"
)

// A State is whether an alert fires.
type State string

const (
	Firing   State = "FIRING"
	Resolved State = "RESOLVED" // it fired within the runs seen
	Unknown  State = "UNKNOWN"  // it cannot be judged now
)

// An Alert is a rule of a sync, and whether it fires.
type Alert struct {
	ID      string // of sync, rule, origin and Census's alert id
	Sync    census.SyncID
	Rule    Rule
	Origin  Origin
	State   State
	Since   census.DateTime // 0 if it may have begun before the runs seen, or if it is Unknown
	Message string          // one sentence, without values of records
	// Value is beyond Threshold if it fires. They are percent for FailedRecords and RecordCount,
	// runs for Skipped, and otherwise seconds. Nil for rules without.
	Value, Threshold *float64
	Run              *census.SyncRun // the run that decides the state; nil if no run does

	EveryTime bool // it is to be sent for each run for which it fires, and not just when it begins
	Recovery  bool // its end is to be sent
}

// Of are the alerts of a sync, those of its settings first. Runs are its newest, the newest
// first, and more tells that there are older ones. Neither is changed; alerts refer to runs. A
// rule that neither fires nor fired within runs has no alert.
func Of(sync *census.Sync, runs []census.SyncRun, more bool, now time.Time) (all []Alert) {
	seen := look(sync, runs, more, now)
	for i := range sync.Alerts {
		if a := seen.judge(&sync.Alerts[i]); a.State != "" {
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

// identify is the id of the alert of a setting. It does not depend on what the others do; those
// of one type that Census sends with one id are told apart by their places.
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
