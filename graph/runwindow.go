package graph

import (
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// A runWindow is a window of the runs of one sync.
type runWindow struct {
	sync   census.SyncID
	window paging.Window
	once   bool // it is read only once, and not kept until the end of the operation
}

// latestWindow is the window of a sync's newest run.
var latestWindow = paging.Window{Limit: 1}

// healthWindow is the window of the runs that decide a sync's health.
var healthWindow = paging.Window{Limit: 25}

// narrow shrinks w to the creation times that filter allows.
func narrow(w paging.Window, filter *stats.Filter) paging.Window {
	if since := filter.Since(); since != 0 {
		if since := paging.Since(paging.Moment(since)); w.Older.IsEnd() || w.Older.Compare(since) < 0 {
			w.Older = since
		}
	}
	if before := filter.Before(); before != 0 {
		if before := paging.Before(paging.Moment(before)); w.Newer.IsEnd() || w.Newer.Compare(before) > 0 {
			w.Newer = before
		}
	}
	return w
}

// inProgressWindow returns the window in which to search the runs in progress of a sync that are in
// w and pass filter. It begins with the newest run that filter's creation times allow, even if w
// begins later. The search ends at the run that no run in progress precedes.
func inProgressWindow(w paging.Window, filter *stats.Filter) paging.Window {
	return narrow(paging.Window{Older: w.Older, Limit: w.Limit}, filter)
}

// positionOf returns the position of the i-th row of s, which answers w.
func positionOf(w *paging.Window, s *paging.Slice[census.SyncRun], i int) paging.Position {
	p := paging.Position{CreatedAt: paging.Moment(s.Rows[i].CreatedAt), ID: int64(s.Rows[i].ID)}
	p.Ordinal, p.Open = s.Place(w, i)
	return p
}
