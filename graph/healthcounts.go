package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/graph/health"
)

// countHealth counts the syncs of a connection's whole list by state.
func countHealth(ctx context.Context, c *SyncConnection) exec.Later[[]*SyncHealthCount] {
	if c.all != nil {
		return countStates(ctx, c.all)
	}
	l := loadersOf(ctx)
	all := l.allSyncs.load(struct{}{})
	return exec.Then(func() exec.Later[[]*SyncHealthCount] {
		rows, err := all.Get()
		if err != nil {
			return exec.Value[[]*SyncHealthCount](nil, err)
		}
		return countStates(ctx, l.syncsOfRecords(rows))
	})
}

func countStates(ctx context.Context, syncs []*Sync) exec.Later[[]*SyncHealthCount] {
	return exec.Map(evaluateHealth(ctx, syncs), func(results []healthResult, _ error) ([]*SyncHealthCount, error) {
		counts := make([]*SyncHealthCount, len(health.WorstFirst))
		for i, state := range health.WorstFirst {
			counts[i] = &SyncHealthCount{State: state}
		}
		for i := range results {
			counts[len(counts)-1-results[i].state().Severity()].Count++
		}
		return counts, nil
	})
}
