package notify

import (
	"time"

	"census-gateway/graph/live"
)

const (
	gatherFor = 2 * time.Second  // the first change waits this long for others
	window    = 30 * time.Second // at most maxSingle changes in this time are sent one by one
	maxSingle = 5
)

// batches groups changes into messages. Up to maxSingle changes within a window are sent one by
// one. More are sent as one message, and so are all that come within a window after such a message.
type batches struct {
	single []time.Time // times of changes sent one by one, in the last window
	until  time.Time   // the end of the window after a message with several changes
}

// delay returns how long changes that arrive now wait for others.
func (b *batches) delay(now time.Time) time.Duration { return max(gatherFor, b.until.Sub(now)) }

// split groups changes into messages. The first of them came at the given time.
func (b *batches) split(changes []live.AlertChange, came, now time.Time) (messages [][]live.AlertChange) {
	for len(b.single) > 0 && now.Sub(b.single[0]) >= window {
		b.single = b.single[1:]
	}
	many := len(b.single)+len(changes) > maxSingle
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
