package graph

import "census-gateway/graph/limits"

// prices say what fields cost in Census pages, from their arguments alone: what
// an operation is refused for before anything is asked.
func prices() limits.Prices {
	runs, syncs := limits.Size(defaultPage), limits.Size(defaultPage, "ids")
	return limits.Prices{
		"Query.node":     {Pages: limits.Fixed(1)},
		"Query.nodes":    {Pages: limits.Size(0, "ids"), Items: limits.Size(0, "ids")},
		"Query.syncRuns": {Pages: timelinePages(limits.Size(defaultPage)), Items: limits.Size(defaultPage)},
		"Query.sync":     {Pages: limits.Fixed(1)},
		"Query.syncRun":  {Pages: limits.Fixed(1)},
		"Query.syncs":    {Pages: syncPages(syncs), Items: syncs},
		"Sync.runs":      {Pages: limits.PagesOf(runs, 100), Items: runs},
		"Sync.latestRun": {Pages: limits.Fixed(1)},
		"SyncRun.sync":   {Pages: limits.Fixed(0)},
		"Sync.health":    {Pages: limits.Fixed(1)},
		// A statistic reads at least one page of each sync. How much beyond that,
		// its arguments do not tell; but the read limit bounds it to 2,000 pages for
		// the operation as a whole, however many statistics it has.
		"Sync.runStats":       {Pages: limits.Fixed(1)},
		"Query.syncRunStats":  {Pages: limits.Size(200, "syncIds")},
		"SyncRunStats.errors": {Items: limits.Size(defaultErrors)},
		// One page has all sources of the workspace; few have more than its 100.
		"SyncSource.connectionName":      {Pages: limits.Fixed(1), Shared: "sources"},
		"SyncSource.connectionType":      {Pages: limits.Fixed(1), Shared: "sources"},
		"SyncDestination.connectionName": {Pages: limits.Fixed(1), Shared: "destinations"},
		"SyncDestination.connectionType": {Pages: limits.Fixed(1), Shared: "destinations"},
	}
}

// syncPages reckons a list of syncs. In the order of health, the runs of all are
// read and not just of those shown; of an unknown number, as many as most have.
func syncPages(shown func(limits.Args) int) func(limits.Args) int {
	records := limits.PagesOf(shown, 50)
	return func(a limits.Args) int {
		order, _ := a.Value("orderBy").(map[string]any)
		if order["field"] != string(SyncOrderFieldHealth) {
			return records(a)
		}
		all, named := a.Len("ids")
		if !named {
			all = 200
		}
		return (all+49)/50 + all
	}
}

// timelinePages reckons a list of the runs of many syncs: a page of each, however
// few runs are shown, or as many as these fill. Where none are named it is as many
// syncs as most have, or as there are runs to show: several such lists in one
// operation share their pages.
func timelinePages(shown func(limits.Args) int) func(limits.Args) int {
	full := limits.PagesOf(shown, 100)
	return func(a limits.Args) int {
		syncs, named := a.Len("syncIds")
		if !named {
			syncs = min(200, shown(a))
		}
		return max(syncs, full(a))
	}
}
