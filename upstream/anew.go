package upstream

import (
	"strconv"
	"time"

	"census-gateway/upstream/calls"
)

// Anew returns a client that takes nothing from memory that was asked for before since, and
// joins no call that began before then. All clients share the pages that it reads. Each
// exchange needs leave; nil lets all pass.
func (c *Client) Anew(since time.Time, leave calls.Leave) *Client {
	again := *c
	again.since, again.asks, again.calls = since, leave != nil, c.calls.WithLeave(leave)
	return &again
}

// flight is the key of a call, which only clients share that ask alike. A call that
// began before its list or record came into doubt has another key.
func (c *Client) flight(e calls.Endpoint, id int64, query string) string {
	key := c.calls.Name() + e.Path(id) + query
	if c.asks { // others are not to wait for its leave
		key += " by leave"
	}
	from := c.from(e, id)
	if from.IsZero() {
		return key
	}
	return key + " " + strconv.FormatInt(from.UnixNano(), 36)
}

// Tenant names the token at its base URL. The token cannot be read from it.
func (c *Client) Tenant() string { return c.calls.Name() }
