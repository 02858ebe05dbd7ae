package graph

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/stats"
	"census-gateway/upstream"
)

// timeline shows the runs of many syncs as one list. It is a merge of streams by
// creation, each read only as deep as the page needs.
func timeline(ctx context.Context, syncIDs []string, filter *stats.Filter, newestFirst bool, page pageArgs) (*SyncRunConnection, error) {
	if filter == nil {
		filter = &stats.Filter{}
	}
	if err := filter.Check(); err != nil {
		return nil, badInput("filter: %s", err)
	}
	list, ids, err := timelineOf(syncIDs, newestFirst)
	if err != nil {
		return nil, err
	}
	w, err := page.window(list, newestFirst)
	if err != nil {
		return nil, err
	}
	if ids == nil && !filter.MatchesNothing() {
		if ids, err = everySync(ctx); err != nil {
			return nil, err
		}
	}
	if filter.MatchesNothing() {
		ids = nil
	}
	// A cursor of the timeline does not know its place in each sync.
	if !w.Older.IsEnd() {
		w.Older.Ordinal = upstream.NoOrdinal
	}
	if !w.Newer.IsEnd() {
		w.Newer.Ordinal = upstream.NoOrdinal
	}
	l := loadersOf(ctx)
	narrowed := narrow(w, filter)
	narrowed.Limit = min(w.Limit+1, streamStep)
	streams := make([]*stream, len(ids))
	for i, id := range ids {
		streams[i] = &stream{sync: id, window: narrowed}
	}
	h := l.merge(ctx, streams, filter, w)
	failed := slices.ContainsFunc(streams, func(s *stream) bool { return s.err != nil })
	if h.stands(narrowed) && !failed {
		return nil, l.spent("finding the next runs of %d syncs takes more than the %d calls to Census that an operation may make; name fewer of them in syncIds", len(ids), l.calls)
	}
	if asksRecordOfRuns(graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field) {
		shown := make([]upstream.SyncID, len(h.rows))
		for i := range h.rows {
			shown[i] = h.rows[i].SyncID
		}
		l.syncsAhead(ctx, shown)
	}
	c := h.connection(list, newestFirst, w, filter, page)
	if filter.MatchesEverything() {
		total, outside := 0, false
		for _, s := range streams {
			total, outside = total+s.total, outside || s.outside
		}
		c.total = &total
		if backward := w.FromOldest == newestFirst; backward {
			c.info.HasNextPage = outside
		} else {
			c.info.HasPreviousPage = outside
		}
	}
	if failed {
		c.total = nil
	}
	return c, nil
}

// timelineOf names the timeline of the syncs with the given ids, in one order or
// the other; no ids stand for the whole workspace.
func timelineOf(syncIDs []string, newestFirst bool) (list listSum, ids []upstream.SyncID, err error) {
	var name strings.Builder
	name.WriteString("timeline")
	if syncIDs != nil {
		syncs, err := syncsNamed("syncIds", syncIDs)
		if err != nil {
			return 0, nil, err
		}
		ids = make([]upstream.SyncID, len(syncs))
		for i, s := range syncs {
			ids[i] = s.ID
		}
		slices.Sort(ids)
		for _, id := range ids {
			name.WriteString("/" + strconv.FormatInt(int64(id), 10))
		}
	}
	name.WriteString(map[bool]string{true: "/desc", false: "/asc"}[newestFirst])
	return sumOf([]byte(name.String())), ids, nil
}

// everySync is the ids of all syncs of the workspace.
func everySync(ctx context.Context) ([]upstream.SyncID, error) {
	all, err := loadersOf(ctx).all()
	if err != nil {
		return nil, err
	}
	ids := make([]upstream.SyncID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	slices.Sort(ids)
	return ids, nil
}
