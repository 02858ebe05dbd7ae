package graph

import (
	"fmt"

	"census-gateway/graph/exec"
	"census-gateway/graph/limits"
)

// fieldPrices returns the prices of fields in Census pages, by their arguments alone. Expensive
// operations are rejected by them before anything is read.
func fieldPrices() limits.Prices {
	runs, syncs := limits.Size(defaultPage), limits.Size(defaultPage, "ids")
	newest := func(runs int) func(limits.Args) (string, int) {
		return func(limits.Args) (string, int) { return partNewest, runs }
	}
	return limits.Prices{
		"Query.node":                  {Pages: limits.Fixed(1)},
		"Query.nodes":                 {Pages: limits.Size(0, "ids"), Items: limits.Size(0, "ids")},
		"Query.syncRuns":              {Pages: unlessShared(timelinePages), Parts: sharedPages(partNewestListed, timelinePages), Items: runs},
		"Query.sync":                  {Pages: limits.Fixed(1)},
		"Query.syncRun":               {Pages: limits.Fixed(1)},
		"Query.syncs":                 {Pages: syncPages, Parts: syncParts, Items: syncs},
		"SyncConnection.healthCounts": {Pages: limits.Fixed(0)}, // see syncParts
		"SyncConnection.nodes":        {Same: true},
		"SyncConnection.edges":        {Same: true},
		"SyncEdge.node":               {Same: true},
		"SyncRunConnection.nodes":     {Same: true},
		"SyncRunConnection.edges":     {Same: true},
		"SyncRunEdge.node":            {Same: true},
		"Sync.runs":                   {Pages: runsPages, Items: runs, Part: runsShared, PerPage: 100, ItemsPart: partNewest},
		"Sync.latestRun":              {Pages: limits.Fixed(1), Part: newest(latestWindow.Limit), ItemsPart: partNewest},
		"Sync.activeRun":              {Pages: limits.Fixed(1), Part: newest(healthWindow.Limit), ItemsPart: partNewest},
		"Sync.typicalRun":             {Pages: limits.Fixed(1), Part: typicalPart},
		"Sync.nextRunAt":              {Pages: limits.Fixed(0)},
		"SyncRun.sync":                {Pages: limits.Fixed(0)},
		"SyncRun.url":                 {Pages: limits.Fixed(0)},
		"Sync.url":                    {Pages: limits.Fixed(0)},
		// The sources define the groups. Few accounts have more than a dozen.
		"Query.groups": {Pages: limits.Fixed(1), Shared: "sources", Items: limits.Fixed(assumedGroups)},
		"Sync.group":   {Pages: limits.Fixed(1), Shared: "sources"},
		"Group.syncs":  {Pages: limits.Fixed(assumedSyncs / 50), Shared: "all syncs", Items: limits.Size(defaultPage)},
		"Sync.health":  {Pages: limits.Fixed(1), Part: newest(healthWindow.Limit)},
		// A sync usually has at most one of each rule.
		"Sync.alerts":    {Pages: limits.Fixed(1), Part: newest(healthWindow.Limit), ItemsPart: partNewest},
		"Query.alerts":   {Pages: alertPages, Parts: alertParts, Items: alertSyncs},
		"SyncAlert.sync": {Pages: limits.Fixed(0)},
		// The newest runs of its sync are shared by all runs of the list.
		"SyncRun.expectedDurationSeconds": {Pages: limits.Fixed(1), Part: newest(healthWindow.Limit)},
		"SyncRun.expectedCompletedAt":     {Pages: limits.Fixed(1), Part: newest(healthWindow.Limit)},
		// It reads no page. A price of one page for each hundred limits the size of answers.
		"SyncSchedule.executions": {Pages: func(a limits.Args) int { return limits.Size(0)(a) / 100 }},
		// A statistic reads at least one page of each sync. Its arguments do not show how many
		// more, but the read limit allows 2,000 pages for all statistics of the operation
		// together.
		"Sync.runStats":           {Pages: runsPages, Part: runsShared},
		"Query.syncRunStats":      {Pages: unlessShared(statsPages), Parts: sharedPages(partNewestSummed, statsPages)},
		"SyncRunStats.groups":     {Pages: runGroupPages, Items: limits.Size(defaultGroups), Shared: "destinations"},
		"SyncRunStatsGroup.label": {Pages: limits.Fixed(1), Shared: "names of groups"},
		"SyncRunStats.errors":     {Items: limits.Size(defaultErrors)},
		// One page usually holds all sources of the workspace; few workspaces have more than 100.
		"SyncSource.connectionName":      {Pages: limits.Fixed(1), Shared: "sources"},
		"SyncSource.connectionType":      {Pages: limits.Fixed(1), Shared: "sources"},
		"SyncDestination.connectionName": {Pages: limits.Fixed(1), Shared: "destinations"},
		"SyncDestination.connectionType": {Pages: limits.Fixed(1), Shared: "destinations"},
	}
}

// requirePrices returns an error for a field of schema that has a resolver but no price.
func requirePrices(schema *exec.Schema, prices limits.Prices) error {
	for _, o := range schema.Objects {
		for name, f := range o.Fields {
			if _, priced := prices[o.Name+"."+name]; f.Resolve != nil && !priced {
				return fmt.Errorf("%s.%s has a resolver and no price (graph/price.go)", o.Name, name)
			}
		}
	}
	return nil
}
