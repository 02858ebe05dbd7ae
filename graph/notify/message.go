package notify

import (
	"encoding/json"
	"fmt"
	"strings"

	"census-gateway/graph/alerts"
	"census-gateway/graph/live"
	"census-gateway/upstream/census"
)

// A message is the body of a request. Its text is for people, as an incoming webhook of Slack
// shows it.
type message struct {
	Text   string        `json:"text"`
	Alerts []alertChange `json:"alerts"`
}

// An alertChange is an alert in a message.
type alertChange struct {
	ID        string            `json:"id"`
	Rule      alerts.Rule       `json:"rule"`
	State     alerts.State      `json:"state"`
	SyncID    census.SyncID     `json:"syncId"`
	Label     *string           `json:"label"`
	Since     *string           `json:"since"`
	Message   string            `json:"message"`
	Value     *float64          `json:"value"`
	Threshold *float64          `json:"threshold"`
	RunID     *census.SyncRunID `json:"runId"`
}

// mostLines is how many changes the text of a message has; alerts has all.
const mostLines = 20

// bodyOf is the body of a message of changes.
func bodyOf(changes []live.AlertChange) []byte {
	m := message{Alerts: make([]alertChange, len(changes))}
	var lines []string
	for i, c := range changes {
		m.Alerts[i] = shown(c)
		if i < mostLines {
			lines = append(lines, line(c))
		}
	}
	m.Text = strings.Join(lines, "\n")
	if n := len(changes); n > 1 {
		m.Text = fmt.Sprintf("%d changes of alerts:\n%s", n, m.Text)
		if n > mostLines {
			m.Text += fmt.Sprintf("\nand %d more", n-mostLines)
		}
	}
	body, err := json.Marshal(m)
	if err != nil { // nothing in it can fail
		panic(err)
	}
	return body
}

func shown(c live.AlertChange) alertChange {
	a := &c.After
	s := alertChange{ID: a.ID, Rule: a.Rule, State: a.State, SyncID: a.Sync, Label: c.Sync.Label, Message: a.Message, Value: a.Value, Threshold: a.Threshold}
	if a.Since != 0 {
		since := a.Since.String()
		s.Since = &since
	}
	if a.Run != nil {
		s.RunID = &a.Run.ID
	}
	return s
}

// escaped is text that Slack takes for no mention and no link.
var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ")

func line(c live.AlertChange) string {
	word := "Firing"
	if c.After.State == alerts.Resolved {
		word = "Resolved"
	}
	name := fmt.Sprintf("sync %d", c.After.Sync)
	if c.Sync.Label != nil {
		name = fmt.Sprintf("%.200s (%s)", *c.Sync.Label, name)
	}
	return escaped.Replace(fmt.Sprintf("%s: %s of %s. %s", word, c.After.Rule, name, c.After.Message))
}
