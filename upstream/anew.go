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

// counts tells whether what was asked for at a time counts, if it does otherwise.
func (c *Client) counts(asked time.Time) bool { return !asked.Before(c.since) }

// flight is the key of a call for a path, which only clients share that ask alike.
func (c *Client) flight(path string) string {
	key := c.calls.Name() + path
	if c.asks { // others are not to wait for its leave
		key += " by leave"
	}
	if c.since.IsZero() {
		return key
	}
	return key + " " + strconv.FormatInt(c.since.UnixNano(), 36)
}

// Tenant names the token at its base URL. The token cannot be read from it.
func (c *Client) Tenant() string { return c.calls.Name() }
