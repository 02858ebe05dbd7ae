package graph

import (
	"context"
	"slices"

	"census-gateway/graph/alerts"
	"census-gateway/graph/live"
)

// alertChanges sends the changes of alerts.
type alertChanges struct {
	*live.Follower
	rules []alerts.Rule // nil: all
}

func (c alertChanges) next(ctx context.Context) (any, string, error) {
	for {
		change, err := c.NextAlert(ctx)
		switch {
		case err != nil:
			return nil, "", errSlow(err)
		case change.Again, c.rules != nil && !slices.Contains(c.rules, change.After.Rule):
			continue
		}
		return &change.After, "", nil
	}
}
