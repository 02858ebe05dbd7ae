package notify

import (
	"encoding/json"
	"fmt"
	"strings"

	"census-gateway/graph/alerts"
	"census-gateway/graph/live"
	"census-gateway/upstream/census"
)

// A message is the body of a request. Text is for people; an incoming webhook of Slack shows it.
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

// maxLines is the maximum number of changes in the text of a message; alerts has all.
const maxLines = 20

// bodyOf returns the body of a message with the given changes.
func bodyOf(changes []live.AlertChange) []byte {
	m := message{Alerts: make([]alertChange, len(changes))}
	var lines []string
	for i, c := range changes {
		m.Alerts[i] = toJSON(c)
		if i < maxLines {
			lines = append(lines, line(c))
		}
	}
	m.Text = strings.Join(lines, "\n")
	if n := len(changes); n > 1 {
		m.Text = fmt.Sprintf("%d changes of alerts:\n%s", n, m.Text)
		if n > maxLines {
			m.Text += fmt.Sprintf("\nand %d more", n-maxLines)
		}
	}
	body, err := json.Marshal(m)
	if err != nil { // a message always has valid JSON
		panic(err)
	}
	return body
}

func toJSON(c live.AlertChange) alertChange {
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

// escaped makes text safe for Slack: without mentions and links.
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
