package graph

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// resolveTimeline returns the runs of many syncs as one list. It merges streams by creation, and
// reads each only as far as the page needs.
func resolveTimeline(ctx context.Context, syncIDs, groupIDs []string, filter *stats.Filter, newestFirst bool, page pageArgs) exec.Later[*SyncRunConnection] {
	if filter == nil {
		filter = &stats.Filter{}
	}
	if err := filter.Check(); err != nil {
		return exec.Value[*SyncRunConnection](nil, badInput("filter: %s", err))
	}
	groups, err := parseGroupIDs("groupIds", groupIDs)
	if err != nil {
		return exec.Value[*SyncRunConnection](nil, err)
	}
	list, named, err := timelineList(syncIDs, groups, newestFirst)
	if err != nil {
		return exec.Value[*SyncRunConnection](nil, err)
	}
	w, err := page.window(list, newestFirst)
	if err != nil {
		return exec.Value[*SyncRunConnection](nil, err)
	}
	l := loadersOf(ctx)
	if filter.MatchesNothing() {
		return l.mergedTimeline(nil, filter, newestFirst, w, list, page)
	}
	return exec.Bind(l.selectSyncs(ctx, named, groups), func(syncs []*Sync) exec.Later[*SyncRunConnection] {
		return l.mergedTimeline(sortedIDs(syncs), filter, newestFirst, w, list, page)
	})
}

// mergedTimeline returns the runs of the syncs with ids.
func (l *loaders) mergedTimeline(ids []census.SyncID, filter *stats.Filter, newestFirst bool, w paging.Window, list listSum, page pageArgs) exec.Later[*SyncRunConnection] {
	// A cursor of the timeline does not have an ordinal in each sync.
	if !w.Older.IsEnd() {
		w.Older.Ordinal = paging.NoOrdinal
	}
	if !w.Newer.IsEnd() {
		w.Newer.Ordinal = paging.NoOrdinal
	}
	narrowed := narrow(w, filter)
	narrowed.Limit = min(w.Limit+1, firstStreamRuns)
	from := narrowed
	if filter.InProgress() {
		from = inProgressWindow(narrowed, filter)
	}
	streams := make([]*runStream, len(ids))
	for i, id := range ids {
		streams[i] = &runStream{sync: id, window: narrowed, first: l.requestFirst(id, from)}
	}
	return exec.Slow(func() (*SyncRunConnection, error) {
		found := l.mergeStreams(streams, filter, w)
		var failed exec.Beside
		for _, s := range streams {
			if s.err != nil {
				failed = append(failed, s.err)
			}
		}
		if found.stuck(narrowed) && failed == nil {
			return nil, errReadLimit(l.options.ReadLimit, "finding the next runs of %d syncs takes more than the %d calls to Census that an operation may make; name fewer of them in syncIds", len(ids), l.options.ReadLimit)
		}
		c := found.connection(list, newestFirst, w, filter, page)
		if filter.MatchesEverything() {
			c.setTotal(streams)
		}
		if failed == nil {
			return c, nil
		}
		c.total = nil
		return c, failed
	})
}

// setTotal sets the number of runs of streams, and whether there are runs before the start of the
// page.
func (c *SyncRunConnection) setTotal(streams []*runStream) {
	total, outside := 0, false
	for _, s := range streams {
		total, outside = total+s.total, outside || s.outside
	}
	c.total = &total
	if backward := c.window.FromOldest == c.newestFirst; backward {
		c.info.HasNextPage = outside
	} else {
		c.info.HasPreviousPage = outside
	}
}

// timelineList returns the checksum and the syncs of the timeline of the syncs with the given ids,
// and of some groups, in either order. Nil means all.
func timelineList(syncIDs, groups []string, newestFirst bool) (list listSum, syncs []*Sync, err error) {
	var name strings.Builder
	name.WriteString("timeline")
	if syncIDs != nil {
		if syncs, err = syncsWithIDs("syncIds", syncIDs); err != nil {
			return 0, nil, err
		}
		for _, id := range sortedIDs(syncs) {
			name.WriteString("/" + strconv.FormatInt(int64(id), 10))
		}
	}
	if groups != nil {
		name.WriteString(fmt.Sprintf("/groups %q", groups))
	}
	name.WriteString(map[bool]string{true: "/desc", false: "/asc"}[newestFirst])
	return listSumOf([]byte(name.String())), syncs, nil
}
