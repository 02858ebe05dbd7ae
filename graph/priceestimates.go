package graph

import "census-gateway/graph/limits"

// Parts of syncs that are read once for any number of fields: pages of the newest and of the
// oldest runs. Lists and statistics of many syncs read the newest runs separately, in batches of
// their own size.
const (
	partNewest       = "newest runs"
	partOldest       = "oldest runs"
	partNewestListed = "newest runs, for lists"
	partNewestSummed = "newest runs, for statistics"
)

// assumedSyncs is the assumed number of syncs of a workspace. Few have more.
const assumedSyncs = 200

// assumedGroups is the assumed number of groups of an account. Few have more.
const assumedGroups = 10

// typicalPart returns the part that Sync.typicalRun shares.
func typicalPart(a limits.Args) (part string, reach int) {
	last, _ := a.Int("last")
	return partNewest, max(last, healthWindow.Limit)
}

// runsPages estimates the pages for a stretch of a sync's runs. If it begins neither with the
// newest nor with the oldest run, it may cross a border between two pages, or its position must
// be found.
func runsPages(a limits.Args) int {
	pages := limits.PagesOf(limits.Size(defaultPage), 100)(a)
	if runsPart(a) == "" {
		pages++
	}
	return pages
}

// runsShared returns the part that a field with arguments a shares, and how many of its runs the
// field reads. Filters and statistics read whole pages.
func runsShared(a limits.Args) (part string, reach int) {
	if a.Value("filter") != nil {
		return runsPart(a), firstScanRuns
	}
	return runsPart(a), limits.Size(defaultPage)(a)
}

// runsPart returns the part of a sync's runs that a field with arguments a reads. It returns ""
// if other fields do not share it, for example after a cursor.
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
		return partOldest
	case fromOldest, filter["createdBefore"] != nil, filter["completedBefore"] != nil, len(filter) > 0 && (a.Value("after") != nil || a.Value("before") != nil):
		return ""
	}
	return partNewest
}

// needsHealthOfAll reports whether a list of syncs is ordered, filtered or counted by the newest
// runs of all syncs, not only of those shown.
func needsHealthOfAll(a limits.Args) bool {
	order, _ := a.Value("orderBy").(map[string]any)
	filter, _ := a.Value("filter").(map[string]any)
	return order["field"] == string(SyncOrderFieldHealth) || filter["healthStates"] != nil || filter["inProgress"] != nil || a.Selects("healthCounts")
}

// candidateSyncs returns the number of syncs to select from.
func candidateSyncs(a limits.Args) int {
	if n, named := a.Len("ids"); named {
		return n
	}
	return assumedSyncs
}

// syncPages estimates the pages of records for a list of syncs.
func syncPages(a limits.Args) int {
	shown := limits.Size(defaultPage, "ids")(a)
	if needsHealthOfAll(a) {
		shown = max(shown, candidateSyncs(a))
	}
	pages := max(1, (shown+49)/50)
	filter, _ := a.Value("filter").(map[string]any)
	for _, part := range [...]string{"destinationTypes", "groupIds"} { // one page for each
		if filter[part] != nil {
			pages++
		}
	}
	return pages
}

// syncParts estimates the pages of runs that a list of syncs reads for its order, filter or
// counts.
func syncParts(a limits.Args) limits.Parts {
	_, named := a.Len("ids")
	parts := limits.Parts{Part: partNewest, Reach: healthWindow.Limit, Whole: !named}
	if needsHealthOfAll(a) {
		parts.Pages = max(candidateSyncs(a), limits.Size(defaultPage, "ids")(a))
	}
	return parts
}

// alertSyncs returns the number of syncs in a list of alerts.
func alertSyncs(a limits.Args) int {
	if n, named := a.Len("syncIds"); named {
		return n
	}
	return assumedSyncs
}

// alertPages estimates the pages of records for a list of alerts. A few named syncs are read one
// by one.
func alertPages(a limits.Args) int {
	n, pages := alertSyncs(a), (alertSyncs(a)+49)/50
	if _, named := a.Len("syncIds"); named {
		pages += min(n, 3)
	}
	return pages
}

// alertParts estimates the pages of runs that a list of alerts reads.
func alertParts(a limits.Args) limits.Parts {
	_, named := a.Len("syncIds")
	return limits.Parts{Part: partNewest, Reach: healthWindow.Limit, Whole: !named, Pages: alertSyncs(a)}
}

// timelinePages estimates the pages for a list of the runs of many syncs: one page of each sync,
// or as many as the runs shown fill. Without syncIds, the number of syncs is the assumed one, or
// the number of runs shown if that is lower.
func timelinePages(a limits.Args) int {
	shown := limits.Size(defaultPage)(a)
	syncs, named := a.Len("syncIds")
	if !named {
		syncs = min(assumedSyncs, shown)
	}
	return max(syncs, (shown+99)/100)
}

// statsPages estimates the pages for a statistic of many syncs: one page of each sync. If it
// groups named syncs, it adds their records.
func statsPages(a limits.Args) int {
	n, named := a.Len("syncIds")
	switch {
	case !named:
		return assumedSyncs
	case a.Selects("groups"):
		return n + min(n, 3) + (n+49)/50
	}
	return n
}

// runGroupPages estimates the pages of connections that groups or their order need.
func runGroupPages(a limits.Args) int {
	if by, order := a.Value("by"), a.Value("orderBy"); by == string(SyncRunGroupByDestinationType) || by == string(SyncRunGroupByGroup) || order == string(SyncRunGroupOrderLabel) {
		return 1
	}
	return 0
}

// unlessShared returns pages for a list that names its syncs, or that does not read their newest
// runs, and 0 otherwise.
func unlessShared(pages func(limits.Args) int) func(limits.Args) int {
	return func(a limits.Args) int {
		if sharesNewestRuns(a) {
			return 0
		}
		return pages(a)
	}
}

// sharedPages returns the part with pages if unlessShared returns 0. All fields that read this part
// of the workspace's syncs share them.
func sharedPages(part string, pages func(limits.Args) int) func(limits.Args) limits.Parts {
	return func(a limits.Args) limits.Parts {
		if !sharesNewestRuns(a) {
			return limits.Parts{}
		}
		return limits.Parts{Part: part, Pages: pages(a), Whole: true}
	}
}

func sharesNewestRuns(a limits.Args) bool {
	_, named := a.Len("syncIds")
	return !named && runsPart(a) == partNewest
}
