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

// moreAlerts are alert_attributes beside those of health: none on invalid records.
var moreAlerts = []string{
	`[{"id":1,"type":"FailureAlertConfiguration","send_for":"every_time"},{"id":1,"type":"FailureAlertConfiguration","options":{"x":null}},null,{"id":2,"type":"FullSyncTriggerAlertConfiguration"}]`,
	`[{"id":3,"type":"RuntimeAlertConfiguration","options":{"threshold":"1","unit":"minutes","start_type":"scheduled"}},{"id":4,"type":"RuntimeAlertConfiguration","options":{"threshold":2,"unit":"hours","start_type":"actual"}}]`,
	`[{"id":5,"type":"RecordCountDeviationAlertConfiguration","options":{"threshold":"20","record_type":"source_record_count"}},{"type":"StatusAlertConfiguration","options":{"status_name":"completed"}}]`,
	`[{"id":6,"type":"RecordCountDeviationAlertConfiguration","options":{"threshold":"50","record_type":"records_processed","runs":"2"}},{"id":7,"type":"RecordCountDeviationAlertConfiguration","options":{"record_type":"records_processed"}}]`,
	`[{"id":8,"type":"RuntimeAlertConfiguration","options":{"threshold":"1","unit":"moons"}},{"id":9,"type":"MoonAlertConfiguration"}]`,
}

// An alert is a SyncAlert as it is answered, but for its words.
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

// askAlerts asks for the alerts of some syncs, each for itself and all as one list.
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

// alertsOf are the alerts of a sync by docs/alerts.md.
func alertsOf(s sim.Sync, all []sim.Run) (alerts []alert) {
	o := sightOf(s, all)
	text := s.Alerts
	if text == "" {
		text = fmt.Sprintf(`[{"id":%d,"type":"FailureAlertConfiguration"}]`, 700+s.ID)
	}
	var settings []*configured
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
		if a.follow(o, c); a.State != "" {
			alerts = append(alerts, a)
		}
	}
	if !s.Paused {
		alerts = append(alerts, o.troubles()...)
	}
	for i := range alerts {
		alerts[i].Sync.ID = fmt.Sprintf("Sync:%d", s.ID)
	}
	return alerts
}

// troubles are the alerts that need no setting.
func (o sight) troubles() (alerts []alert) {
	fire := func(rule string, since time.Time, value, threshold float64, run *sim.Run) {
		a := alert{ID: fmt.Sprintf("SyncAlert:%d:%s:GATEWAY_RULE", o.ID, rule), Rule: rule, Origin: "GATEWAY_RULE", State: "FIRING", Value: &value, Threshold: &threshold}
		a.began(since)
		a.by(run)
		alerts = append(alerts, a)
	}
	var none time.Time
	if due, late, _ := lateness(o.Sync, o.real, o.blocker != nil); late > 0 && (o.lost == 0 || len(o.real) > 0) {
		fire("LATE", due, late.Seconds(), graceOf(o, due).Seconds(), nil)
	}
	switch first := max(len(o.real)-1, 0); {
	case o.blocker != nil && o.age > o.stuckAfter():
		fire("STUCK", o.blocker.CreatedAt, o.age.Truncate(time.Millisecond).Seconds(), o.stuckAfter().Seconds(), o.blocker)
	case o.blocker != nil && o.skips >= 3 && o.longest > 0 && o.age > max(15*time.Minute, 2*o.longest):
		fire("STUCK", o.blocker.CreatedAt, o.age.Truncate(time.Millisecond).Seconds(), max(15*time.Minute, 2*o.longest).Seconds(), o.blocker)
	case o.blocker == nil && o.skips >= 3 && o.skips == len(o.real) && now.Sub(o.real[first].CreatedAt) > time.Hour:
		fire("STUCK", none, now.Sub(o.real[first].CreatedAt).Seconds(), 3600, nil)
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
		fire("SKIPPED", since, float64(o.skips), 3, nil)
	}
	return alerts
}

// graceOf is by how much an execution may be late.
func graceOf(o sight, due time.Time) time.Duration {
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

func (a *alert) began(at time.Time) {
	if !at.IsZero() {
		a.Since = &at
	}
}

func (a *alert) by(r *sim.Run) {
	if r != nil {
		a.Run = &struct{ DatabaseID int64 }{r.ID}
	}
}

// A configured alert, as Census sends it.
type configured struct {
	ID      int64
	Type    string
	Options map[string]any
}

func (c *configured) rule() string {
	for kind, rule := range map[string]string{"Failure": "FAILED_RUN", "InvalidRecordPercent": "FAILED_RECORDS", "FullSyncTrigger": "FULL_SYNC",
		"Runtime": "RUNTIME", "RecordCountDeviation": "RECORD_COUNT", "Status": "STATUS"} {
		if c.Type == kind+"AlertConfiguration" {
			return rule
		}
	}
	return "OTHER"
}

// threshold is the number that is configured; nil if it is none, or something else is.
func (c *configured) threshold() *float64 {
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

// A telling is what one run tells of an alert.
type telling struct {
	run   sim.Run
	bad   bool
	dark  bool // nobody can say
	at    time.Time
	value *float64
}

// follow tells the story of an alert from the oldest run on.
func (a *alert) follow(o sight, c *configured) {
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
	var told []telling
	for i := len(o.real) - 1; i >= 0; i-- {
		if t := c.tell(o, i, a.Threshold); t != nil {
			told = append(told, *t)
		}
	}
	if len(told) == 0 {
		if o.older {
			a.State = "UNKNOWN"
		}
		return
	}
	var since time.Time
	before := "good" // what was told last
	if o.older {
		before = "dark"
	}
	var ended *telling
	ever := false
	for i, t := range told {
		switch {
		case t.dark:
			before = "dark"
		case t.bad:
			if before == "good" {
				since = t.at
			} else if before == "dark" {
				since = time.Time{}
			}
			before, ever, ended = "bad", true, nil
		default:
			if before = "good"; ever && ended == nil {
				ended = &told[i]
			}
		}
	}
	last := told[len(told)-1]
	switch {
	case last.dark:
		a.State = "UNKNOWN"
	case last.bad:
		a.State = "FIRING"
		a.began(since)
	case ended != nil:
		a.State, last = "RESOLVED", *ended
		a.began(last.at)
	default:
		return
	}
	a.by(&last.run)
	a.Value = last.value
}

// tell is what the i-th newest run tells; nil for nothing.
func (c *configured) tell(o sight, i int, threshold *float64) *telling {
	r := o.real[i]
	working := outcomeOf(r) == "IN_PROGRESS"
	if !working && !finished(r) {
		return nil
	}
	t := telling{run: r, at: endOf(r)}
	switch c.rule() {
	case "FAILED_RUN":
		if t.bad = outcomeOf(r) == "FAILED"; working {
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
		t.value, t.bad = &percent, share > *threshold/100
	case "FULL_SYNC":
		first := !o.older && !slices.ContainsFunc(o.real[i+1:], func(r sim.Run) bool { return finished(r) || outcomeOf(r) == "IN_PROGRESS" })
		if first || working && !r.FullSync {
			return nil
		}
		if t.bad = r.FullSync; t.bad {
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
		if t.value, t.bad = &seconds, seconds > *threshold; t.bad {
			t.at = start.Add(time.Duration(*threshold) * time.Second)
		}
	case "RECORD_COUNT":
		count, known := c.counted(r)
		if !known {
			return nil
		}
		most := 10
		if c.Options["runs"] == "2" {
			most = 2
		}
		var past []float64
		for _, earlier := range o.real[i+1:] {
			if n, known := c.counted(earlier); known && len(past) < most {
				past = append(past, n)
			}
		}
		if t.dark = len(past) < min(most, 3); t.dark {
			break
		}
		mean := 0.0
		for _, n := range past {
			mean += n
		}
		mean /= float64(len(past))
		switch {
		case mean > 0:
			percent := math.Abs(count-mean) / mean * 100 // rounded as the answer is
			t.value, t.bad = &percent, percent > *threshold
		case count > 0:
			t.bad = true
		default:
			t.value = new(float64)
		}
	}
	return &t
}

func (c *configured) counted(r sim.Run) (n float64, known bool) {
	count := r.Counts.Source
	if c.Options["record_type"] == "records_processed" {
		count = r.Counts.Processed
	}
	return float64(count), count != sim.Null && succeeded(r)
}
