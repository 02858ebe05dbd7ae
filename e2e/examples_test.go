package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"census-gateway/edge/graphiql"
)

// The examples in GraphiQL work unchanged, with the simulated and with a real Census.
func TestExamples(t *testing.T) {
	t.Parallel()
	g := start(t)
	ago := func(days int) string {
		return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -days).Format(time.RFC3339)
	}
	fill := strings.NewReplacer("<1 day ago>", ago(1), "<7 days ago>", ago(7), "<time zone>", "Europe/Berlin") // as the page does
	for _, simulated := range []bool{true, false} {
		for _, tab := range graphiql.Examples(simulated) {
			var variables any
			if tab.Variables != "" {
				if err := json.Unmarshal([]byte(fill.Replace(tab.Variables)), &variables); err != nil {
					t.Errorf("%s: %v", tab.Variables, err)
				}
			}
			a := g.query(t, tab.Query, variables)
			a.answered(t)
			if simulated && (strings.Contains(a.body, `"nodes":[]`) || strings.Contains(a.body, `"totalRuns":0,"successRate"`)) {
				t.Errorf("%s\nreturns no rows: %s", tab.Query, a.body)
			}
		}
	}
}
