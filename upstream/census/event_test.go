package census

import "testing"

// Events are read with what Census documents, and with what it may leave out or add.
func TestDecodeEvent(t *testing.T) {
	for body, want := range map[string]Event{
		`{"workspace_id": 1, "sync_id": 52, "sync_run_id": 94, "event": "sync.completed", "status": "ok"}`: {Name: "sync.completed", Sync: 52, Run: 94},
		`{"group_id":"grp_9","sync_id":52,"sync_run_id":94,"event":"sync.triggered"}`:                      {Name: "sync.triggered", Sync: 52, Run: 94},
		`{"sync_id":52,"event":"sync.new","more":[{}]}`:                                                    {Name: "sync.new", Sync: 52},
		`{"sync_id":52,"sync_run_id":null,"event":"sync.failed"}`:                                          {Name: "sync.failed", Sync: 52},
		`{"sync_id":52,"sync_run_id":94,"event":"sync.alert.raised","alert_instance_id":7,"alert_type":"FailureAlertConfiguration","message":"Sync Failed","details":{"a":1},"followup_url":"https://app.getcensus.com/"}`: {
			Name: "sync.alert.raised", Sync: 52, Run: 94, Alert: EventAlert{"7", "FailureAlertConfiguration", "Sync Failed"}},
		`{"sync_id":52,"event":"sync.alert.raised","alert_instance_id":null}`:   {Name: "sync.alert.raised", Sync: 52},
		`{"sync_id":52,"event":"sync.alert.resolved","alert_instance_id":"a7"}`: {Name: "sync.alert.resolved", Sync: 52, Alert: EventAlert{ID: "a7"}},
		`{"sync_id":52,"event":"sync.failed","message":"x"}`:                    {Name: "sync.failed", Sync: 52},
		`{"event":"segment.created","sync_id":52}`:                              {Name: "segment.created"},
	} {
		if got, err := DecodeEvent([]byte(body)); err != nil || got != want {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	for _, body := range []string{``, `x`, `null`, `[]`, `{}`, `"sync.failed"`, `{"event":"sync.failed"}`, `{"event":"","sync_id":52}`, `{"sync_id":52}`,
		`{"event":"sync.failed","sync_id":0}`, `{"event":"sync.failed","sync_id":-1}`, `{"event":"sync.failed","sync_id":52,"sync_run_id":-1}`,
		`{"event":"sync.failed","sync_id":"52"}`, `{"event":"sync.failed","sync_id":52.5}`, `{"event":"sync.failed","sync_id":52} {}`, `{"event":["sync.failed"],"sync_id":52}`} {
		if got, err := DecodeEvent([]byte(body)); err == nil || got != (Event{}) {
			t.Errorf("%s: %+v", body, got)
		}
	}
}
