// Package proof asks the whole gateway, from GraphQL down to the wire, about
// random workspaces, and holds every answer against what is true of them, worked
// out in the plainest way from what the simulated Census holds. It shares no code
// with what it proves: outcomes, filters, pages, statistics, health and alerts
// are written here a second time, from the schema, docs/health.md and docs/alerts.md.
package proof

import (
	"testing"

	"pgregory.net/rapid"
)

// Every answer is true, for any query and workspace, with any pages in memory and after any
// change.
func TestProof(t *testing.T) {
	questions := []func(*world){
		(*world).askSyncs, (*world).askHealth, (*world).askRuns, (*world).askTimeline, (*world).askStats, (*world).askAllStats, (*world).askUsual, (*world).askAlerts,
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt, t)
		for range rapid.IntRange(1, 3).Draw(rt, "phases") {
			w.remember()
			for range rapid.IntRange(1, 4).Draw(rt, "questions") {
				ask := rapid.SampledFrom(questions).Draw(rt, "question")
				ask(w)
			}
			w.change()
		}
	})
}
