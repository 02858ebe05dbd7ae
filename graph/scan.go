package graph

import (
	"context"
	"sync"

	"census-gateway/upstream"
)

// How far one operation reads into histories where Census cannot choose for it.
const (
	scanLimit = 20_000 // runs
	scanStep  = 1000   // runs read at a time
)

// A scanBudget is how many runs the operation may still read for filters and
// statistics. What is taken is lent until it is known how much was read.
type scanBudget struct {
	mu         sync.Mutex
	settled    sync.Cond
	left, lent int
}

// take takes n runs; false if there are none left. While others may give back
// what would do, it waits for them.
func (b *scanBudget) take(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.left < n && b.lent > 0 {
		b.settled.Wait()
	}
	if b.left <= 0 {
		return false
	}
	b.left, b.lent = b.left-n, b.lent+n
	return true
}

// settle ends what take(n) began: so many of the n were read.
func (b *scanBudget) settle(n, read int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left, b.lent = b.left+max(n-read, 0), b.lent-n
	b.settled.Broadcast()
}

// scan reads the runs of a sync in w, step by step from the side w counts from,
// and shows each step to visit until that has enough or w is at its end. limited
// tells that the operation's budget ended it before.
func (l *loaders) scan(ctx context.Context, id upstream.SyncID, w upstream.Window, visit func(upstream.Slice[upstream.SyncRun]) (enough bool)) (limited bool, err error) {
	for {
		if !l.budget.take(w.Limit) {
			return true, nil
		}
		s, err := l.slices.get(ctx, stretch{id, w})
		l.budget.settle(w.Limit, len(s.Rows))
		if err != nil {
			return false, err
		}
		if visit(s) || !s.More || len(s.Rows) == 0 {
			return false, nil
		}
		w = w.After(s.Rows, s.First)
		w.Limit = min(2*w.Limit, scanStep)
	}
}

// positionOf is the place of the i-th row of s.
func positionOf(s upstream.Slice[upstream.SyncRun], i int) upstream.Position {
	return upstream.Position{CreatedAt: s.Rows[i].CreatedAt, ID: int64(s.Rows[i].ID), Ordinal: s.First + i}
}
