package upstream

import (
	"context"
	"testing"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// Calls refused by the gates are not failures of Census, though the error is the same.
func TestCallsNotSentAreMarked(t *testing.T) {
	census := sim.New(sim.Options{Empty: true})
	var outcomes []string
	client := New("", Options{
		BaseURL:   sim.Base(),
		Transport: census.Transport(),
		Observe: func(ctx context.Context, _ string) (context.Context, func(calls.Call)) {
			return ctx, func(c calls.Call) { outcomes = append(outcomes, c.Outcome()) }
		},
	})
	id := addSyncWithRuns(census, 1)
	census.Inject(sim.Fault{Do: sim.Throttle("60")})
	for range 2 {
		client.Runs(t.Context(), id, paging.Window{Limit: 1})
	}
	if len(outcomes) != 2 || outcomes[0] != "rate_limited" || outcomes[1] != "not_sent" {
		t.Errorf("outcomes %q, want the second not sent", outcomes)
	}
}
