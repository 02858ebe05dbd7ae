package graph

import (
	"context"
	"time"

	"census-gateway/graph/stats"
	"census-gateway/upstream"
)

// A fold is a statistic that wants to be given the runs of a sync.
type fold struct {
	sync   upstream.SyncID
	filter *stats.Filter
	digest *stats.Digest
	over   bool // no older run is wanted
}

// A company is folds that want the same runs: they get them from one scan,
// whatever else their filters say.
type company struct {
	folds     []*fold
	done      chan struct{} // closed when truncated and err are set
	truncated bool
	err       error
}

// fold gives f the runs it wants. truncated tells that the operation's budget
// ended it before.
func (l *loaders) fold(ctx context.Context, f *fold) (truncated bool, err error) {
	runs := stretch{sync: f.sync, window: narrow(upstream.Window{Limit: scanStep}, f.filter)}
	c, first := l.join(f, runs)
	if !first {
		<-c.done
		return c.truncated, c.err
	}
	defer close(c.done)
	time.Sleep(loaderWait) // others come in the same breath
	l.mu.Lock()
	delete(l.folds, runs)
	l.mu.Unlock()
	c.err = errNoResult // if the scan panics
	c.truncated, c.err = l.scan(ctx, f.sync, runs.window, once(l.budget.page), len(c.folds), c.add)
	return c.truncated, c.err
}

// join has f join those that wait for runs, or be the first.
func (l *loaders) join(f *fold, runs stretch) (c *company, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.folds == nil {
		l.folds = make(map[stretch]*company)
	}
	if c = l.folds[runs]; c == nil {
		c, first = &company{done: make(chan struct{})}, true
		l.folds[runs] = c
	}
	c.folds = append(c.folds, f)
	return c, first
}

// add gives the runs of s to all of c.
func (c *company) add(s upstream.Slice[upstream.SyncRun]) (enough bool) {
	enough = true
	for _, f := range c.folds {
		f.add(s.Rows)
		enough = enough && f.over
	}
	return enough
}

// add gives f those of rows that it wants, all of which are older than those before.
func (f *fold) add(rows []upstream.SyncRun) {
	if f.over {
		return
	}
	if f.filter.InProgress() {
		for i := len(rows) - 1; i >= 0 && !f.over; i-- {
			if f.over = f.filter.Ends(&rows[i]); f.over {
				rows = rows[i+1:]
			}
		}
	}
	for i := range rows {
		if run := &rows[i]; f.filter.Match(run) {
			f.digest.Add(run)
		}
	}
}
