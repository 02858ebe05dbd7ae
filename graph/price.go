package graph

import (
	"fmt"

	"census-gateway/graph/exec"
	"census-gateway/graph/limits"
)

// The parts of syncs that are read once, however many fields show them: pages of the
// newest runs of each, and of the oldest. Lists and statistics of many syncs read
// the newest for themselves, as many at a time as they need.
const (
	newestRuns   = "newest runs"
	oldestRuns   = "oldest runs"
	listedRuns   = "newest runs, for lists"
	summedUpRuns = "newest runs, for statistics"
)

// mostSyncs stands for how many syncs a workspace has, where nothing tells: few
// have more.
const mostSyncs = 200

// mostGroups stands for how many groups an account has: few have more.
const mostGroups = 10

// prices say what fields cost in Census pages, from their arguments alone: what
// an operation is refused for before anything is asked.
func prices() limits.Prices {
	runs, syncs := limits.Size(defaultPage), limits.Size(defaultPage, "ids")
	newest := func(runs int) func(limits.Args) (string, int) {
		return func(limits.Args) (string, int) { return newestRuns, runs }
	}
	return limits.Prices{
		"Query.node":                  {Pages: limits.Fixed(1)},
		"Query.nodes":                 {Pages: limits.Size(0, "ids"), Items: limits.Size(0, "ids")},
		"Query.syncRuns":              {Pages: ifNamed(timelinePages), Parts: ifNotNamed(listedRuns, timelinePages), Items: runs},
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
		"Sync.runs":                   {Pages: runsPages, Items: runs, Part: runsShared, Per: 100, Of: newestRuns},
		"Sync.latestRun":              {Pages: limits.Fixed(1), Part: newest(latest.Limit), Of: newestRuns},
		"Sync.activeRun":              {Pages: limits.Fixed(1), Part: newest(judged.Limit), Of: newestRuns},
		"Sync.typicalRun":             {Pages: limits.Fixed(1), Part: typicalPart},
		"Sync.nextRunAt":              {Pages: limits.Fixed(0)},
		"SyncRun.sync":                {Pages: limits.Fixed(0)},
		"SyncRun.url":                 {Pages: limits.Fixed(0)},
		"Sync.url":                    {Pages: limits.Fixed(0)},
		// Groups are told by the sources; few accounts have more than a dozen.
		"Query.groups": {Pages: limits.Fixed(1), Shared: "sources", Items: limits.Fixed(mostGroups)},
		"Sync.group":   {Pages: limits.Fixed(1), Shared: "sources"},
		"Group.syncs":  {Pages: limits.Fixed(mostSyncs / 50), Shared: "all syncs", Items: limits.Size(defaultPage)},
		"Sync.health":  {Pages: limits.Fixed(1), Part: newest(judged.Limit)},
		// A sync has one of each rule at most, as a rule.
		"Sync.alerts":    {Pages: limits.Fixed(1), Part: newest(judged.Limit), Of: newestRuns},
		"Query.alerts":   {Pages: alertPages, Parts: alertParts, Items: alertSyncs},
		"SyncAlert.sync": {Pages: limits.Fixed(0)},
		// The newest runs of its sync, which all runs of a sync's list share.
		"SyncRun.expectedDurationSeconds": {Pages: limits.Fixed(1), Part: newest(judged.Limit)},
		"SyncRun.expectedCompletedAt":     {Pages: limits.Fixed(1), Part: newest(judged.Limit)},
		// No page is read; one for each hundred bounds the size of answers.
		"SyncSchedule.executions": {Pages: func(a limits.Args) int { return limits.Size(0)(a) / 100 }},
		// A statistic reads at least one page of each sync. How much beyond that,
		// its arguments do not tell; but the read limit bounds it to 2,000 pages for
		// the operation as a whole, however many statistics it has.
		"Sync.runStats":           {Pages: runsPages, Part: runsShared},
		"Query.syncRunStats":      {Pages: ifNamed(statPages), Parts: ifNotNamed(summedUpRuns, statPages)},
		"SyncRunStats.groups":     {Pages: groupPages, Items: limits.Size(defaultGroups), Shared: "destinations"},
		"SyncRunStatsGroup.label": {Pages: limits.Fixed(1), Shared: "names of groups"},
		"SyncRunStats.errors":     {Items: limits.Size(defaultErrors)},
		// One page has all sources of the workspace; few have more than its 100.
		"SyncSource.connectionName":      {Pages: limits.Fixed(1), Shared: "sources"},
		"SyncSource.connectionType":      {Pages: limits.Fixed(1), Shared: "sources"},
		"SyncDestination.connectionName": {Pages: limits.Fixed(1), Shared: "destinations"},
		"SyncDestination.connectionType": {Pages: limits.Fixed(1), Shared: "destinations"},
	}
}

// typicalPart is the part that Sync.typicalRun shares.
func typicalPart(a limits.Args) (part string, reach int) {
	last, _ := a.Int("last")
	return newestRuns, max(last, judged.Limit)
}

// runsPages reckons a stretch of a sync's runs. One that begins neither with the newest
// nor with the oldest lies across a border between two pages, or has to be found.
func runsPages(a limits.Args) int {
	pages := limits.PagesOf(limits.Size(defaultPage), 100)(a)
	if runsPart(a) == "" {
		pages++
	}
	return pages
}

// runsShared is the part that a field with arguments a shares, and how many runs it
// looks at there: a filter or statistic at a page of them.
func runsShared(a limits.Args) (part string, reach int) {
	if a.Value("filter") != nil {
		return runsPart(a), scanStep
	}
	return runsPart(a), limits.Size(defaultPage)(a)
}

// runsPart tells of which part of a sync the runs are that a field with arguments a
// reads; "" of none that others read too, as beside a cursor.
func runsPart(a limits.Args) string {
	order, _ := a.Value("orderBy").(map[string]any)
	_, first := a.Int("first")
	_, last := a.Int("last")
	near := "after"
	if last {
		near = "before"
	}
	filter, _ := a.Value("filter").(map[string]any)
	switch fromOldest := last == (order["direction"] != string(OrderDirectionAsc)); {
	case first && last, a.Value(near) != nil:
		return ""
	case fromOldest && len(filter) == 0:
		return oldestRuns
	case fromOldest, filter["createdBefore"] != nil, filter["completedBefore"] != nil, len(filter) > 0 && (a.Value("after") != nil || a.Value("before") != nil):
		return ""
	}
	return newestRuns
}

// judgesAll tells whether a list of syncs is ordered, filtered or counted by what the
// newest runs of all tell, and not just those of the syncs shown.
func judgesAll(a limits.Args) bool {
	order, _ := a.Value("orderBy").(map[string]any)
	filter, _ := a.Value("filter").(map[string]any)
	return order["field"] == string(SyncOrderFieldHealth) || filter["healthStates"] != nil || filter["inProgress"] != nil || a.Asks("healthCounts")
}

// allSyncs is how many syncs there are to choose from.
func allSyncs(a limits.Args) int {
	if n, named := a.Len("ids"); named {
		return n
	}
	return mostSyncs
}

// syncPages reckons the records of a list of syncs.
func syncPages(a limits.Args) int {
	shown := limits.Size(defaultPage, "ids")(a)
	if judgesAll(a) {
		shown = max(shown, allSyncs(a))
	}
	pages := max(1, (shown+49)/50)
	filter, _ := a.Value("filter").(map[string]any)
	for _, part := range [...]string{"destinationTypes", "groupIds"} { // of connections, one page each
		if filter[part] != nil {
			pages++
		}
	}
	return pages
}

// syncParts reckons the runs that a list of syncs reads for its order, filter or counts.
func syncParts(a limits.Args) limits.Parts {
	_, named := a.Len("ids")
	parts := limits.Parts{Part: newestRuns, Reach: judged.Limit, Whole: !named}
	if judgesAll(a) {
		parts.Pages = max(allSyncs(a), limits.Size(defaultPage, "ids")(a))
	}
	return parts
}

// alertSyncs is how many syncs a list of alerts is of.
func alertSyncs(a limits.Args) int {
	if n, named := a.Len("syncIds"); named {
		return n
	}
	return mostSyncs
}

// alertPages reckons the records of the syncs of a list of alerts. Of few that are named each
// is read for itself.
func alertPages(a limits.Args) int {
	n := alertSyncs(a)
	return min(n, 3) + (n+49)/50
}

// alertParts reckons the runs that a list of alerts reads.
func alertParts(a limits.Args) limits.Parts {
	_, named := a.Len("syncIds")
	return limits.Parts{Part: newestRuns, Reach: judged.Limit, Whole: !named, Pages: alertSyncs(a)}
}

// timelinePages reckons a list of the runs of many syncs: a page of each, however
// few runs are shown, or as many as these fill. Where none are named it is as many
// syncs as most have, or as there are runs to show.
func timelinePages(a limits.Args) int {
	shown := limits.Size(defaultPage)(a)
	syncs, named := a.Len("syncIds")
	if !named {
		syncs = min(mostSyncs, shown)
	}
	return max(syncs, (shown+99)/100)
}

// statPages reckons a statistic of many syncs: a page of each, and if it groups syncs
// that are named, their records.
func statPages(a limits.Args) int {
	n, named := a.Len("syncIds")
	switch {
	case !named:
		return mostSyncs
	case a.Asks("groups"):
		return n + min(n, 3) + (n+49)/50
	}
	return n
}

// groupPages reckons the list of connections that groups are made of or ordered by.
func groupPages(a limits.Args) int {
	if by, order := a.Value("by"), a.Value("orderBy"); by == string(SyncRunGroupByDestinationType) || by == string(SyncRunGroupByGroup) || order == string(SyncRunGroupOrderLabel) {
		return 1
	}
	return 0
}

// ifNamed is pages for a list that names its syncs, or that reads another part of
// them than their newest runs; else 0.
func ifNamed(pages func(limits.Args) int) func(limits.Args) int {
	return func(a limits.Args) int {
		if sharesNewest(a) {
			return 0
		}
		return pages(a)
	}
}

// ifNotNamed is pages in all other cases: all that read this part of the workspace's
// syncs share them.
func ifNotNamed(part string, pages func(limits.Args) int) func(limits.Args) limits.Parts {
	return func(a limits.Args) limits.Parts {
		if !sharesNewest(a) {
			return limits.Parts{}
		}
		return limits.Parts{Part: part, Pages: pages(a), Whole: true}
	}
}

func sharesNewest(a limits.Args) bool {
	_, named := a.Len("syncIds")
	return !named && runsPart(a) == newestRuns
}

// priced tells which field of schema has a resolver and no price.
func priced(schema *exec.Schema, prices limits.Prices) error {
	for _, o := range schema.Objects {
		for name, f := range o.Fields {
			if _, priced := prices[o.Name+"."+name]; f.Resolve != nil && !priced {
				return fmt.Errorf("%s.%s has a resolver and no price (graph/price.go)", o.Name, name)
			}
		}
	}
	return nil
}
