// Package proof queries the whole gateway, from GraphQL down to the wire, about random workspaces.
// It checks every answer against an independent model of what the simulated Census contains. It
// shares no code with the gateway: outcomes, filters, pages, statistics, health and alerts are
// written here a second time, as simply as possible, from the schema, docs/health.md and
// docs/alerts.md.
package proof

import (
	"testing"

	"pgregory.net/rapid"
)

// Every answer is correct, for any query and workspace, with any cached pages, and after any
// change.
func TestFixedWorld(t *testing.T) {
	questions := []func(*world){
		(*world).askSyncs, (*world).askHealth, (*world).askRuns, (*world).askTimeline, (*world).askStats, (*world).askAllStats, (*world).askTypical, (*world).askAlerts,
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt, t)
		for range rapid.IntRange(1, 3).Draw(rt, "phases") {
			w.resetCache()
			for range rapid.IntRange(1, 4).Draw(rt, "questions") {
				ask := rapid.SampledFrom(questions).Draw(rt, "question")
				ask(w)
			}
			w.change()
		}
	})
}
