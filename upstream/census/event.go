package census

import (
	"encoding/json"
	"errors"
	"strings"
)

// An Event is what Census sends to a webhook (documentation, "Sync lifecycle webhooks"). It has
// no time and no id. Census may send it late, out of order, several times, or not at all.
type Event struct {
	Name  string    // "sync.triggered", …; an open list
	Sync  SyncID    // 0 if the event is not about a sync
	Run   SyncRunID // 0 if Census names no run
	Alert EventAlert
}

// An EventAlert is the alert of sync.alert.raised and sync.alert.resolved; zero for other events.
type EventAlert struct {
	ID      string // of this time that the alert was raised; "" if Census sends none
	Type    string // as AlertSetting.Type; an open list
	Message string // for people: "Sync Failed"; may name records
}

var errNoEvent = errors.New("not an event: an object with event and sync_id is expected")

// DecodeEvent reads the body of a webhook. The ids of the workspace and the group are optional,
// and not read, since a sync's id is unique.
func DecodeEvent(body []byte) (Event, error) {
	var e struct {
		Event   string          `json:"event"`
		Sync    SyncID          `json:"sync_id"`
		Run     SyncRunID       `json:"sync_run_id"`
		AlertID json.RawMessage `json:"alert_instance_id"` // a number or text
		Type    string          `json:"alert_type"`
		Message string          `json:"message"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, err
	}
	about := strings.HasPrefix(e.Event, "sync.")
	if e.Event == "" || e.Sync < 0 || e.Run < 0 || about && e.Sync == 0 {
		return Event{}, errNoEvent
	}
	event := Event{Name: e.Event}
	if about {
		event.Sync, event.Run = e.Sync, e.Run
	}
	if strings.HasPrefix(e.Event, "sync.alert.") {
		event.Alert = EventAlert{Type: e.Type, Message: e.Message}
		if id := string(e.AlertID); id != "null" {
			event.Alert.ID = strings.Trim(id, `"`)
		}
	}
	return event, nil
}
