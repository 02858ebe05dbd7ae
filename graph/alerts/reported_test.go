package alerts

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

func event(name, kind, id, message string) census.Event {
	return census.Event{Name: "sync.alert." + name, Sync: 52, Run: 94, Alert: census.EventAlert{ID: id, Type: kind, Message: message}}
}

// An alert that Census raised fires until Census resolves it; types are independent of each other.
func TestReportedAlerts(t *testing.T) {
	var h Reported
	const failure = "FailureAlertConfiguration"
	for i, c := range []struct {
		event census.Event
		want  string // the changed alert; "": no change
	}{
		{event("raised", failure, "7", "Sync\n Failed"), "FAILED_RUN:CENSUS_WEBHOOK:7 FIRING Sync Failed"},
		{event("raised", failure, "7", "Sync Failed"), ""},
		{event("raised", "SyncPausedAlert", "", ""), "PAUSED:CENSUS_WEBHOOK: FIRING Census raised the alert."},
		{event("raised", "SyncPausedAlert", "", ""), ""},
		{event("resolved", failure, "7", "Sync Recovered"), "FAILED_RUN:CENSUS_WEBHOOK:7 RESOLVED Sync Recovered"},
		{event("raised", failure, "7", "late"), ""},
		{event("resolved", "SyncPausedAlert", "", ""), "PAUSED:CENSUS_WEBHOOK: RESOLVED Census resolved the alert."},
		{event("resolved", failure, "8", "before it is raised"), ""},
		{event("raised", failure, "8", "late"), ""},
		{event("raised", failure, "9", strings.Repeat("ü", 300)), "FAILED_RUN:CENSUS_WEBHOOK:9 FIRING " + strings.Repeat("ü", 200) + "…"},
		{event("resolved", failure, "7", "of another instance"), ""},
		{census.Event{Name: "sync.failed", Sync: 52}, ""},
	} {
		a, changed := h.Record(c.event, noon.Add(time.Duration(i)*time.Minute))
		got := ""
		if changed {
			got = fmt.Sprintf("%s %s %s", strings.TrimPrefix(a.ID, "SyncAlert:52:"), a.State, a.Message)
			if a.Since != ago(-time.Duration(i)*time.Minute) || a.Origin != CensusWebhook || a.Sync != 52 || a.EveryTime {
				t.Errorf("%d: %+v", i, a)
			}
		}
		if got != c.want {
			t.Errorf("%d: %q, want %q", i, got, c.want)
		}
	}
	seen := runs(with(), with())
	seen[1].ID = 94
	all := h.Of(52, seen, true)
	if len(all) != 2 || all[0].State != Firing || all[0].Run == nil || all[0].Run.ID != 94 || all[1].State != Resolved {
		t.Errorf("%+v", all)
	}
	if all := h.Of(52, []census.SyncRun{run(-time.Hour)}, true); len(all) != 1 { // resolved before the given runs
		t.Errorf("%+v", all)
	}
	if all, none := h.Of(53, nil, false), (*Reported)(nil).Of(52, nil, false); all != nil || none != nil {
		t.Errorf("%+v %+v", all, none)
	}
}

// In any order and number of events, the last instance is resolved if its end has arrived. It fires
// if only its beginning has.
func TestLawReportedAlerts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h Reported
		want := State("")
		var before []census.Event
		for i := range rapid.IntRange(1, 6).Draw(t, "instances") {
			id := fmt.Sprint("i", i)
			arrive := rapid.SliceOfN(rapid.SampledFrom([]string{"raised", "resolved"}), 1, 5).Draw(t, "events")
			want = Firing
			for _, name := range arrive {
				e := event(name, "FailureAlertConfiguration", id, "")
				before = append(before, e)
				h.Record(e, noon)
				if name == "resolved" {
					want = Resolved
				}
				again := rapid.SampledFrom(before).Draw(t, "again")
				h.Record(again, noon)
				if again.Alert.ID == id && again.Name == "sync.alert.resolved" {
					want = Resolved
				}
			}
		}
		if all := h.Of(52, nil, false); len(all) != 1 || all[0].State != want {
			t.Fatalf("%+v, want %s", all, want)
		}
	})
}

// The number of kept alerts is limited, for any events.
func TestReportedAlertsAreBounded(t *testing.T) {
	var h Reported
	for i := range 3 * maxTypes {
		h.Record(event("raised", fmt.Sprint(i), strings.Repeat("x", 1000), ""), noon)
	}
	if all := h.Of(52, nil, false); len(all) != maxTypes || len(all[0].ID) > 200 {
		t.Errorf("%d alerts, %d bytes of an id", len(all), len(all[0].ID))
	}
	for i := range maxSyncs {
		e := event("raised", "", "", "")
		e.Sync = census.SyncID(1000 + i)
		h.Record(e, noon.Add(time.Duration(i+1)*time.Second))
	}
	if len(h.bySync) != maxSyncs || h.bySync[52] != nil {
		t.Errorf("%d syncs", len(h.bySync))
	}
	for i := range 100 {
		h.Record(event("raised", "", fmt.Sprint(i), ""), noon.Add(24*time.Hour))
	}
	if n := len(h.bySync[52][0].instances); n != maxInstances {
		t.Errorf("%d instances", n)
	}
}
