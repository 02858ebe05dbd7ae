package notify

import (
	"time"

	"census-gateway/graph/live"
)

const (
	hold   = 2 * time.Second  // the first change waits for others
	window = 30 * time.Second // in which few changes are sent singly
	few    = 5
)

// batches decides which changes are sent together: few are sent singly. More than few within a
// window are one message, and so are all that come within a window of such a message.
type batches struct {
	single []time.Time // when changes were sent singly, in the last window
	until  time.Time   // the end of the window after a message of many
}

// wait is how long changes wait that begin to come now.
func (b *batches) wait(now time.Time) time.Duration { return max(hold, b.until.Sub(now)) }

// split makes messages of changes, of which the first came at a time.
func (b *batches) split(changes []live.AlertChange, came, now time.Time) (messages [][]live.AlertChange) {
	for len(b.single) > 0 && now.Sub(b.single[0]) >= window {
		b.single = b.single[1:]
	}
	many := len(b.single)+len(changes) > few
	if many || came.Before(b.until) {
		if many {
			b.until = now.Add(window)
		}
		return [][]live.AlertChange{changes}
	}
	for _, c := range changes {
		b.single = append(b.single, now)
		messages = append(messages, []live.AlertChange{c})
	}
	return messages
}
