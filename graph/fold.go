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
	for i := range s.Rows {
		for _, f := range c.folds {
			if run := &s.Rows[i]; f.filter.Match(run) {
				f.digest.Add(run)
			}
		}
	}
	return false
}
