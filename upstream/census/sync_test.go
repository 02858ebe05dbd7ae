package census

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"census-gateway/upstream/sim"
)

func number[T int32 | int64](n T) *T { return &n }

func TestSyncFields(t *testing.T) {
	census := sim.New(sim.Options{Empty: true})
	created := time.Date(2025, 11, 3, 8, 15, 0, 7e6, time.UTC)
	census.AddSync(sim.Sync{
		ID: 52, Label: "Accounts → Salesforce", Status: "Up to Date", Operation: "mirror", Paused: true,
		Frequency: "weekly", Day: "Monday", Hour: 23, Minute: 45, SourceID: 201, DestinationID: 301, DestinationObject: "Account",
		CreatedAt: created, UpdatedAt: created.Add(time.Hour),
	})
	got, err := DecodeOne[Sync](census.Body("/syncs/52"))
	if err != nil {
		t.Fatal(err)
	}
	at := DateTime(created.UnixMilli())
	want := &Sync{
		ID: 52, Label: text("Accounts → Salesforce"), Operation: text("mirror"), Paused: true, Status: SyncUpToDate,
		CreatedAt: at, UpdatedAt: at + 3_600_000,
		Schedule:    SyncSchedule{Frequency: text("weekly"), Day: text("Monday"), Hour: number[int32](23), Minute: number[int32](45)},
		Source:      SyncSource{ConnectionID: number[int64](201), ObjectType: text("model"), ObjectName: text("model_52")},
		Destination: SyncDestination{ConnectionID: number[int64](301), Object: text("Account"), SourceID: number[int64](201)},
		Alerts:      []AlertSetting{{ID: 752, Type: "FailureAlertConfiguration", SendFor: "first_time", Recovery: true}},
		Triggers:    []string{"schedule"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSyncLeniency(t *testing.T) {
	for _, c := range []struct {
		data string
		want Sync
	}{
		{`{}`, Sync{Status: SyncUnknown}},
		{`{"id":"52","label":null,"status":null}`, Sync{ID: 52, Status: SyncUnknown}},
		{`{"status":"up to date"}`, Sync{Status: SyncUpToDate}},
		{`{"status":"READY"}`, Sync{Status: SyncReady}},
		{`{"status":"Failing"}`, Sync{Status: SyncFailing}},
		{`{"status":"Thawing"}`, Sync{Status: SyncUnknown}},
		{`{"status":"Ready","schedule_frequency":"expression","cron_expression":"*/20 * * * *"}`,
			Sync{Status: SyncReady, Schedule: SyncSchedule{Frequency: text("expression"), CronExpression: text("*/20 * * * *")}}},
		{`{"status":"Ready","schedule_hour":"24","schedule_minute":2147483648}`,
			Sync{Status: SyncReady, Schedule: SyncSchedule{Hour: number[int32](24)}}},
		{`{"status":"Ready","source_attributes":null,"destination_attributes":[]}`, Sync{Status: SyncReady}},
		{`{"status":"Ready","source_attributes":{"object":null,"connection_id":"7"}}`,
			Sync{Status: SyncReady, Source: SyncSource{ConnectionID: number[int64](7)}, Destination: SyncDestination{SourceID: number[int64](7)}}},
		{`{"status":"Ready","destination_attributes":{"object":{"full_name":"Contact"},"connection_id":"x"}}`,
			Sync{Status: SyncReady, Source: SyncSource{ActivationID: text("x")}, Destination: SyncDestination{ActivationID: text("x")}}},
		{`{"status":"Ready","mode":{"id":3,"label":"no","status":"failing"}}`, Sync{Status: SyncReady}},
		{`{"status":"Ready","mode":[],"alert_attributes":{}}`, Sync{Status: SyncReady}},
		{`{"status":"Ready","mode":{"triggers":null},"alert_attributes":null}`, Sync{Status: SyncReady}},
		{`{"status":"Ready","mode":{"type":"triggered","triggers":{"schedule":{"frequency":"never","day":null},"dbt_cloud":null,"fivetran":{"job_id":null},"sync_sequence":false}},"alert_attributes":[null,{},7]}`,
			Sync{Status: SyncReady, Triggers: []string{}}},
		{`{"status":"Ready","mode":{"triggers":{"schedule":{"frequency":"hourly"},"dbt_cloud":{"job_id":"9"},"fivetran":{"jobs":[1]},"sync_sequence":true,"new_one":3},"type":"triggered"}}`,
			Sync{Status: SyncReady, Triggers: []string{"schedule", "dbt_cloud", "fivetran", "sync_sequence", "new_one"}}},
		{`{"status":"Ready","alert_attributes":[{"id":"7","type":"InvalidRecordPercentAlertConfiguration","send_for":"every_time","should_send_recovery":"true","options":{"threshold":7.5,"none":null,"deep":{}}},` +
			`{"type":"RuntimeAlertConfiguration","options":{"threshold":"30","unit":"minutes","start_type":"actual"}}]}`,
			Sync{Status: SyncReady, Alerts: []AlertSetting{
				{ID: 7, Type: AlertInvalidRecords, SendFor: "every_time", Recovery: true, Options: []NamedValue{{"threshold", "7.5"}}},
				{Type: "RuntimeAlertConfiguration", Options: []NamedValue{{"threshold", "30"}, {"unit", "minutes"}, {"start_type", "actual"}}}}}},
	} {
		got, err := DecodeOne[Sync](`{"data":` + c.data + `}`)
		if err != nil {
			t.Errorf("%s: %v", c.data, err)
			continue
		}
		if diff := cmp.Diff(c.want, *got); diff != "" {
			t.Errorf("%s: %s", c.data, diff)
		}
	}
}

func TestAlertOptions(t *testing.T) {
	a := AlertSetting{Options: []NamedValue{{"threshold", "30"}, {"unit", "minutes"}}}
	if got := a.Option("unit"); got != "minutes" {
		t.Errorf("unit is %q", got)
	}
	if got := a.Option("status_name"); got != "" {
		t.Errorf("an option that is not there is %q", got)
	}
}

// The rest of a sync's answer, such as SQL, columns and mappings, is not kept in any form:
// neither in the fields nor in memory behind their strings.
func TestSyncKeepsNothingElse(t *testing.T) {
	census := sim.New(sim.Options{Empty: true})
	census.AddSync(sim.Sync{Frequency: "expression", Cron: "*/20 * * * *"})
	census.AddSync(sim.Sync{Frequency: "weekly", Day: "Monday", Label: `"quoted" and plain`})
	body := census.Body("/syncs")
	for _, canary := range []string{"sql_canary", "column_canary"} {
		if !strings.Contains(body, canary) {
			t.Fatalf("the answer holds no %s to look for", canary)
		}
	}
	p, err := DecodePage[Sync](body, 50)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := json.Marshal(p.Rows)
	if err != nil || strings.Contains(string(shown), "canary") {
		t.Errorf("%v: %s", err, shown)
	}
	kept := stringsIn(reflect.ValueOf(p.Rows))
	if len(kept) < 16 {
		t.Fatalf("found only %q in the syncs", kept)
	}
	for _, s := range kept {
		if within(s, body) {
			t.Errorf("%q keeps the whole answer alive", s)
		}
	}
}

// stringsIn walks v with its unexported fields.
func stringsIn(v reflect.Value) (all []string) {
	switch v.Kind() {
	case reflect.String:
		return []string{v.String()}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return stringsIn(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			all = append(all, stringsIn(v.Field(i))...)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			all = append(all, stringsIn(v.Index(i))...)
		}
	}
	return all
}

// within reports whether s lies in the memory of body.
func within(s, body string) bool {
	at, start := uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(unsafe.Pointer(unsafe.StringData(body)))
	return s != "" && at >= start && at < start+uintptr(len(body))
}
