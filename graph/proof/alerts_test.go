package proof

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// moreAlerts are further values of alert_attributes, without alerts about invalid records.
var moreAlerts = []string{
	`[{"id":1,"type":"FailureAlertConfiguration","send_for":"every_time"},{"id":1,"type":"FailureAlertConfiguration","options":{"x":null}},null,{"id":2,"type":"FullSyncTriggerAlertConfiguration"}]`,
	`[{"id":3,"type":"RuntimeAlertConfiguration","options":{"threshold":"1","unit":"minutes","start_type":"scheduled"}},{"id":4,"type":"RuntimeAlertConfiguration","options":{"threshold":2,"unit":"hours","start_type":"actual"}}]`,
	`[{"id":5,"type":"RecordCountDeviationAlertConfiguration","options":{"threshold":"20","record_type":"source_record_count"}},{"type":"StatusAlertConfiguration","options":{"status_name":"completed"}}]`,
	`[{"id":6,"type":"RecordCountDeviationAlertConfiguration","options":{"threshold":"50","record_type":"records_processed","runs":"2"}},{"id":7,"type":"RecordCountDeviationAlertConfiguration","options":{"record_type":"records_processed"}}]`,
	`[{"id":8,"type":"RuntimeAlertConfiguration","options":{"threshold":"1","unit":"moons"}},{"id":9,"type":"MoonAlertConfiguration"}]`,
}

// An alert is a SyncAlert in an answer, without its message.
type alert struct {
	ID, Rule, Origin, State string
	Sync                    struct{ ID string }
	Since                   *time.Time
	Value, Threshold        *float64
	Run                     *struct{ DatabaseID int64 }
}

const alertFields = "{ id sync { id } rule origin state since value threshold run { databaseId } }"

func (a alert) String() string {
	text := fmt.Sprintf("%s of %s, %s %s %s", a.ID, a.Sync.ID, a.Origin, a.Rule, a.State)
	if a.Since != nil {
		text += " since " + a.Since.UTC().Format(time.RFC3339Nano)
	}
	for _, v := range []*float64{a.Value, a.Threshold} {
		if v != nil {
			text += fmt.Sprintf(", %.6g", *v)
		}
	}
	if a.Run != nil {
		text += fmt.Sprintf(", by %d", a.Run.DatabaseID)
	}
	return text
}

// askAlerts queries the alerts of some syncs, per sync and in one list.
func (w *world) askAlerts() {
	t := w.T
	syncs, names := w.someSyncs()
	states := rapid.SampledFrom([][]string{{"FIRING"}, {"RESOLVED", "FIRING"}, {"UNKNOWN"}, {"FIRING", "RESOLVED", "UNKNOWN"}}).Draw(t, "states of alerts")
	rules := rapid.SampledFrom([][]string{nil, nil, {}, {"FAILED_RUN", "LATE"}, {"RECORD_COUNT", "RUNTIME", "FULL_SYNC"}, {"STUCK", "SKIPPED"}}).Draw(t, "rules of alerts")
	args := "states: [" + strings.Join(states, " ") + "]"
	many := args + ", syncIds: " + names
	if rules != nil {
		many += ", rules: [" + strings.Join(rules, " ") + "]"
	}
	var data struct {
		Alerts []alert
		Syncs  struct {
			Nodes []struct {
				ID     string
				Alerts []alert
			}
		}
	}
	w.ask(fmt.Sprintf("{ alerts(%s) %s syncs(ids: %s, first: 100) { nodes { id alerts(%s) %s } } }", many, alertFields, names, args, alertFields), &data)
	var want []alert
	for _, n := range data.Syncs.Nodes {
		i := slices.IndexFunc(syncs, func(s sim.Sync) bool { return fmt.Sprintf("Sync:%d", s.ID) == n.ID })
		own := slices.DeleteFunc(alertsOf(syncs[i], w.census.Runs(syncs[i].ID)), func(a alert) bool { return !slices.Contains(states, a.State) })
		if fmt.Sprint(n.Alerts) != fmt.Sprint(own) {
			w.Fatalf("%s:\n%v, want\n%v\nof %+v with %+v", n.ID, n.Alerts, own, syncs[i], w.census.Runs(syncs[i].ID))
		}
		want = append(want, own...)
	}
	want = slices.DeleteFunc(want, func(a alert) bool { return rules != nil && !slices.Contains(rules, a.Rule) })
	slices.SortFunc(want, func(a, b alert) int {
		order := "FIRING UNKNOWN RESOLVED"
		at := func(a alert) int64 {
			if a.Since == nil {
				return 0
			}
			return -a.Since.UnixMilli()
		}
		number := func(a alert) (n int) { _, _ = fmt.Sscanf(a.Sync.ID, "Sync:%d", &n); return n }
		return cmp.Or(cmp.Compare(strings.Index(order, a.State), strings.Index(order, b.State)), cmp.Compare(at(a), at(b)), cmp.Compare(number(a), number(b)), cmp.Compare(a.ID, b.ID))
	})
	if fmt.Sprint(data.Alerts) != fmt.Sprint(want) {
		w.Fatalf("%s:\n%v, want\n%v", many, data.Alerts, want)
	}
}

// alertsOf returns the alerts of a sync according to docs/alerts.md.
func alertsOf(s sim.Sync, all []sim.Run) (alerts []alert) {
	o := observe(s, all)
	text := s.Alerts
	if text == "" {
		text = fmt.Sprintf(`[{"id":%d,"type":"FailureAlertConfiguration"}]`, 700+s.ID)
	}
	var settings []*alertSetting
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		panic(err)
	}
	times := map[string]int{}
	for _, c := range settings {
		if c == nil {
			continue
		}
		a := alert{Rule: c.rule(), Origin: "CENSUS_SETTINGS"}
		a.ID = fmt.Sprintf("SyncAlert:%d:%s:%s:%d", s.ID, a.Rule, a.Origin, c.ID)
		times[a.ID]++
		if n := times[a.ID] - 1; n > 0 {
			a.ID += fmt.Sprintf(":%d", n)
		}
		if a.evaluate(o, c); a.State != "" {
			alerts = append(alerts, a)
		}
	}
	if !s.Paused {
		alerts = append(alerts, o.gatewayAlerts()...)
	}
	for i := range alerts {
		alerts[i].Sync.ID = fmt.Sprintf("Sync:%d", s.ID)
	}
	return alerts
}

// gatewayAlerts returns the alerts of the gateway's own rules.
func (o observed) gatewayAlerts() (alerts []alert) {
	add := func(rule string, since time.Time, value, threshold float64, run *sim.Run) {
		a := alert{ID: fmt.Sprintf("SyncAlert:%d:%s:GATEWAY_RULE", o.ID, rule), Rule: rule, Origin: "GATEWAY_RULE", State: "FIRING", Value: &value, Threshold: &threshold}
		a.setSince(since)
		a.setRun(run)
		alerts = append(alerts, a)
	}
	var none time.Time
	if due, late, _ := lateness(o.Sync, o.real, o.blocker != nil); late > 0 && (o.future == 0 || len(o.real) > 0) {
		add("LATE", due, late.Seconds(), graceOf(o, due).Seconds(), nil)
	}
	switch first := max(len(o.real)-1, 0); {
	case o.blocker != nil && o.age > o.stuckAfter():
		add("STUCK", o.blocker.CreatedAt, o.age.Truncate(time.Millisecond).Seconds(), o.stuckAfter().Seconds(), o.blocker)
	case o.blocker != nil && o.skips >= 3 && o.longest > 0 && o.age > max(15*time.Minute, 2*o.longest):
		add("STUCK", o.blocker.CreatedAt, o.age.Truncate(time.Millisecond).Seconds(), max(15*time.Minute, 2*o.longest).Seconds(), o.blocker)
	case o.blocker == nil && o.skips >= 3 && o.skips == len(o.real) && now.Sub(o.real[first].CreatedAt) > time.Hour:
		add("STUCK", none, now.Sub(o.real[first].CreatedAt).Seconds(), 3600, nil)
	}
	if o.skips >= 3 {
		since := none
		var skipped []sim.Run
		for _, r := range o.real {
			if isSkipped(r) {
				skipped = append(skipped, r)
			}
		}
		if o.skips < len(o.real) || !o.older {
			since = skipped[o.skips-1].CreatedAt
		}
		add("SKIPPED", since, float64(o.skips), 3, nil)
	}
	return alerts
}

// graceOf returns how late an execution may be.
func graceOf(o observed, due time.Time) time.Duration {
	if o.Frequency == "never" {
		var pauses []time.Duration
		var by []sim.Run
		for _, r := range o.real {
			if r.Tag != "Manual" || r.NoReason {
				by = append(by, r)
			}
		}
		for i := 1; i < len(by); i++ {
			pauses = append(pauses, by[i-1].CreatedAt.Sub(by[i].CreatedAt))
		}
		return max(slices.Max(pauses), 15*time.Minute)
	}
	next := due.Add(time.Minute)
	for !isDue(o.Sync, next) {
		next = next.Add(time.Minute)
	}
	return min(max(next.Sub(due), 15*time.Minute), 2*time.Hour)
}

func (a *alert) setSince(at time.Time) {
	if !at.IsZero() {
		a.Since = &at
	}
}

func (a *alert) setRun(r *sim.Run) {
	if r != nil {
		a.Run = &struct{ DatabaseID int64 }{r.ID}
	}
}

// An alertSetting is a configured alert, as Census sends it.
type alertSetting struct {
	ID      int64
	Type    string
	Options map[string]any
}

func (c *alertSetting) rule() string {
	for kind, rule := range map[string]string{"Failure": "FAILED_RUN", "InvalidRecordPercent": "FAILED_RECORDS", "FullSyncTrigger": "FULL_SYNC",
		"Runtime": "RUNTIME", "RecordCountDeviation": "RECORD_COUNT", "Status": "STATUS"} {
		if c.Type == kind+"AlertConfiguration" {
			return rule
		}
	}
	return "OTHER"
}

// threshold returns the configured threshold, for RUNTIME in seconds; nil if it is missing or
// invalid.
func (c *alertSetting) threshold() *float64 {
	var n float64
	text := fmt.Sprint(c.Options["threshold"])
	if _, err := fmt.Sscan(text, &n); err != nil {
		return nil
	}
	switch c.rule() {
	case "RUNTIME":
		seconds, known := map[any]float64{"minutes": 60, "hours": 3600}[c.Options["unit"]]
		if n *= seconds; !known {
			return nil
		}
	}
	return &n
}

// A ruleResult is the result of a rule for one run.
type ruleResult struct {
	run       sim.Run
	fires     bool
	undecided bool // the rule cannot be evaluated for this run
	at        time.Time
	value     *float64
}

// evaluate sets the state of an alert, by replaying its runs from the oldest on.
func (a *alert) evaluate(o observed, c *alertSetting) {
	if a.Rule == "STATUS" || a.Rule == "OTHER" {
		a.State = "UNKNOWN"
		return
	}
	if a.Rule != "FAILED_RUN" && a.Rule != "FULL_SYNC" {
		if a.Threshold = c.threshold(); a.Threshold == nil {
			a.State = "UNKNOWN"
			return
		}
	}
	var results []ruleResult
	for i := len(o.real) - 1; i >= 0; i-- {
		if t := c.result(o, i, a.Threshold); t != nil {
			results = append(results, *t)
		}
	}
	if len(results) == 0 {
		if o.older {
			a.State = "UNKNOWN"
		}
		return
	}
	var since time.Time
	before := "passes" // the previous result: passes, fires or undecided
	if o.older {
		before = "undecided"
	}
	var ended *ruleResult
	ever := false
	for i, t := range results {
		switch {
		case t.undecided:
			before = "undecided"
		case t.fires:
			if before == "passes" {
				since = t.at
			} else if before == "undecided" {
				since = time.Time{}
			}
			before, ever, ended = "fires", true, nil
		default:
			if before = "passes"; ever && ended == nil {
				ended = &results[i]
			}
		}
	}
	last := results[len(results)-1]
	switch {
	case last.undecided:
		a.State = "UNKNOWN"
	case last.fires:
		a.State = "FIRING"
		a.setSince(since)
	case ended != nil:
		a.State, last = "RESOLVED", *ended
		a.setSince(last.at)
	default:
		return
	}
	a.setRun(&last.run)
	a.Value = last.value
}

// result returns the result of the rule for the i-th newest run; nil if the rule does not apply to
// it.
func (c *alertSetting) result(o observed, i int, threshold *float64) *ruleResult {
	r := o.real[i]
	working := outcomeOf(r) == "IN_PROGRESS"
	if !working && !finished(r) {
		return nil
	}
	t := ruleResult{run: r, at: endOf(r)}
	switch c.rule() {
	case "FAILED_RUN":
		if t.fires = outcomeOf(r) == "FAILED"; working {
			return nil
		}
	case "FAILED_RECORDS":
		rejected, invalid, processed := max(r.Counts.Failed, 0), max(r.Counts.Invalids, 0), max(r.Counts.Processed, 0)
		share := 0.0
		if rejected+invalid > 0 {
			share = float64(rejected+invalid) / float64(max(processed, rejected)+invalid)
		}
		if working || outcomeOf(r) == "FAILED" && share == 0 {
			return nil
		}
		percent := share * 100
		t.value, t.fires = &percent, share > *threshold/100
	case "FULL_SYNC":
		first := !o.older && !slices.ContainsFunc(o.real[i+1:], func(r sim.Run) bool { return finished(r) || outcomeOf(r) == "IN_PROGRESS" })
		if first || working && !r.FullSync {
			return nil
		}
		if t.fires = r.FullSync; t.fires {
			t.at = r.CreatedAt
		}
	case "RUNTIME":
		start, end := r.CreatedAt, r.CompletedAt
		if c.Options["start_type"] == "scheduled" && !r.ScheduledAt.IsZero() {
			start = r.ScheduledAt
		}
		if working {
			end = now.Truncate(time.Millisecond)
		}
		seconds := end.Sub(start).Seconds()
		if end.Before(start) || working && seconds <= *threshold {
			return nil
		}
		if t.value, t.fires = &seconds, seconds > *threshold; t.fires {
			t.at = start.Add(time.Duration(*threshold) * time.Second)
		}
	case "RECORD_COUNT":
		count, known := c.count(r)
		if !known {
			return nil
		}
		most := 10
		if c.Options["runs"] == "2" {
			most = 2
		}
		var past []float64
		for _, earlier := range o.real[i+1:] {
			if n, known := c.count(earlier); known && len(past) < most {
				past = append(past, n)
			}
		}
		if t.undecided = len(past) < min(most, 3); t.undecided {
			break
		}
		mean := 0.0
		for _, n := range past {
			mean += n
		}
		mean /= float64(len(past))
		switch {
		case mean > 0:
			percent := math.Abs(count-mean) / mean * 100 // same rounding as in the answer
			t.value, t.fires = &percent, percent > *threshold
		case count > 0:
			t.fires = true
		default:
			t.value = new(float64)
		}
	}
	return &t
}

func (c *alertSetting) count(r sim.Run) (n float64, known bool) {
	count := r.Counts.Source
	if c.Options["record_type"] == "records_processed" {
		count = r.Counts.Processed
	}
	return float64(count), count != sim.Null && succeeded(r)
}
