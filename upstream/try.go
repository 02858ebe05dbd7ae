package upstream

import (
	"context"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// Try asks Census for one sync and keeps nothing of it: nil means that Census
// answers, and accepts the token. It costs one call.
func (c *Client) Try(ctx context.Context) error {
	answer, err := c.calls.Get(ctx, calls.ListSyncs, 0, "?page=1&per_page=1")
	if err != nil {
		return err
	}
	defer answer.Free()
	if _, err := census.DecodePage[census.Sync](answer.Text, syncChunk); err != nil {
		return calls.ListSyncs.Unreadable(0, err)
	}
	return nil
}
