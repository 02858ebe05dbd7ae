package upstream

import (
	"context"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// Found is what Try found at Census.
type Found struct {
	Syncs  int     // that the token may see; -1: Census reports no number
	Groups []Group // all of them, whatever Options.Groups says; V2 only
}

// Try reads one sync from Census and caches nothing. No error means that Census answers and
// accepts the token. It costs one call, and on V2 one per 100 sources.
func (c *Client) Try(ctx context.Context) (Found, error) {
	found := Found{Syncs: -1}
	answer, err := c.calls.Get(ctx, calls.ListSyncs, 0, "?page=1&per_page=1")
	if err != nil {
		return found, err
	}
	defer answer.Free()
	page, err := census.DecodePage[census.Sync](answer.Text, syncChunk)
	if err != nil {
		return found, calls.ListSyncs.Unreadable(0, err)
	}
	found.Syncs = page.Total
	if c.Version() == calls.V1 {
		return found, nil
	}
	sources, err := c.Ends(ctx, Sources)
	if err == nil {
		found.Groups = sources.groups()
	}
	return found, err
}
