package e2e

import (
	"encoding/json"
	"testing"

	"census-gateway/edge/graphiql"
)

// The queries that GraphiQL opens with are answered, as they stand, by the
// simulated Census that a first visitor meets.
func TestExamples(t *testing.T) {
	t.Parallel()
	g := start(t)
	if len(graphiql.Examples) == 0 {
		t.Fatal("no examples")
	}
	for _, tab := range graphiql.Examples {
		var variables any
		if tab.Variables != "" {
			if err := json.Unmarshal([]byte(tab.Variables), &variables); err != nil {
				t.Errorf("%s: %v", tab.Variables, err)
			}
		}
		g.query(t, tab.Query, variables).answered(t)
	}
}
