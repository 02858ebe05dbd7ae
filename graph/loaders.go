package graph

import (
	"cmp"
	"context"
	"sync"
	"time"

	"census-gateway/upstream"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// loaders collect the reads of one operation, so that each record is read once, and the pages of
// each sync together. Operations do not share them, since batches run under the operation's
// context.
type loaders struct {
	ctx         context.Context // of the operation
	options     *Options
	census      *upstream.Client
	syncs       loader[census.SyncID, *census.Sync]
	runs        loader[census.SyncRunID, *census.SyncRun]
	runWindows  loader[runWindow, paging.Slice[census.SyncRun]]
	syncWindows loader[paging.Window, paging.Slice[census.Sync]] // pages of the workspace's syncs
	allSyncs    loader[struct{}, []census.Sync]                  // all syncs of the workspace
	connections loader[upstream.Side, *upstream.Ends]            // all connections of each side
	scans       scans

	limited struct { // see readContext
		once sync.Once
		ctx  context.Context
		end  context.CancelFunc // not called: the timer ends with the operation
	}

	now       time.Time // when the operation made its first request
	startedAt time.Time // the same moment by the clock of slices

	// runReads limits the concurrent reads of runs. More would have to wait for a call to Census,
	// perhaps for too long.
	runReads       semaphore
	singleRunReads semaphore // the same for reads of one run each
}

// newLoaders returns the loaders of an operation of client.
func newLoaders(ctx context.Context, client *upstream.Client, options *Options) *loaders {
	l := &loaders{ctx: ctx, options: options, census: client, now: options.Now(), startedAt: time.Now(),
		runReads: make(semaphore, client.MaxCalls()), singleRunReads: make(semaphore, client.MaxRunCalls())}
	l.syncs.reader = reader[census.SyncID, *census.Sync]{"syncs", l, (*loaders).readSyncs, (*loaders).cachedSyncs}
	l.runs.reader = reader[census.SyncRunID, *census.SyncRun]{"runs", l, (*loaders).readRuns, nil}
	l.runWindows.reader = reader[runWindow, paging.Slice[census.SyncRun]]{"runWindows", l, (*loaders).readRunWindows, (*loaders).cachedRunWindows}
	l.syncWindows.reader = reader[paging.Window, paging.Slice[census.Sync]]{"syncWindows", l, (*loaders).readSyncWindows, nil}
	l.connections.reader = reader[upstream.Side, *upstream.Ends]{"connections", l, (*loaders).readConnections, nil}
	l.allSyncs.reader = reader[struct{}, []census.Sync]{"allSyncs", l, (*loaders).readAllSyncs, nil}
	l.scans.budget.runs.Store(maxScannedRuns)
	l.scans.budget.pages.Store(int64(l.options.ReadLimit))
	return l
}

// readContext returns the context for reads: the operation's, with its time limit. At the limit,
// the answer contains what was read so far. The limit's timer starts with the first read, because
// most operations are answered from memory.
func (l *loaders) readContext() context.Context {
	l.limited.once.Do(func() {
		l.limited.ctx, l.limited.end = context.WithDeadline(l.ctx, l.startedAt.Add(l.options.Timeout))
	})
	return l.limited.ctx
}

func (l *loaders) readSyncs(ctx context.Context, ids []census.SyncID, out results[*census.Sync]) {
	found := l.census.SyncsByID(ctx, ids)
	for i, id := range ids {
		out.set(i, found[id].Sync, found[id].Err)
	}
}

func (l *loaders) cachedSyncs(ids []census.SyncID, out results[*census.Sync]) {
	for i, id := range ids {
		if record, ok := l.census.CachedSync(l.ctx, id); ok {
			out.set(i, record, nil)
		}
	}
}

func (l *loaders) readRuns(ctx context.Context, ids []census.SyncRunID, out results[*census.SyncRun]) {
	concurrently(len(ids), func(i int) {
		defer l.singleRunReads.acquire(ctx)()
		defer l.runReads.acquire(ctx)()
		run, err := l.census.Run(ctx, ids[i])
		out.set(i, run, err)
	})
}

func (l *loaders) readRunWindows(ctx context.Context, keys []runWindow, out results[paging.Slice[census.SyncRun]]) {
	batches := batchBySync(keys)
	concurrently(len(batches), func(n int) {
		b := batches[n]
		defer l.runReads.acquire(ctx)()
		answers, err := l.census.Runs(ctx, b.sync, b.windows...)
		if err != nil {
			answers = make([]paging.Slice[census.SyncRun], len(b.at))
		}
		copyKeptRuns(keys, b.at, answers)
		for i, at := range b.at {
			out.set(at, answers[i], cmp.Or(err, answers[i].Err))
		}
	})
}

func (l *loaders) cachedRunWindows(keys []runWindow, out results[paging.Slice[census.SyncRun]]) {
	for _, b := range batchBySync(keys) {
		if slices, ok := l.census.CachedRuns(l.ctx, b.sync, b.windows...); ok {
			for i, at := range b.at {
				out.set(at, slices[i], nil)
			}
		}
	}
}

func (l *loaders) readSyncWindows(ctx context.Context, windows []paging.Window, out results[paging.Slice[census.Sync]]) {
	answers, err := l.census.Syncs(ctx, windows...)
	if err != nil {
		answers = make([]paging.Slice[census.Sync], len(windows))
	}
	for i := range windows {
		out.set(i, answers[i], cmp.Or(err, answers[i].Err))
	}
}

func (l *loaders) readConnections(ctx context.Context, sides []upstream.Side, out results[*upstream.Ends]) {
	concurrently(len(sides), func(i int) {
		connections, err := l.census.Ends(ctx, sides[i])
		out.set(i, connections, err)
	})
}

func (l *loaders) readAllSyncs(ctx context.Context, _ []struct{}, out results[[]census.Sync]) {
	all, err := l.census.AllSyncs(ctx)
	out.set(0, all, err)
}

// readRequested reads all requested keys. It reads all syncs before pages of syncs, which may then
// be in memory.
func (l *loaders) readRequested() {
	scans := l.takeScans()
	reading := [...]<-chan struct{}{l.syncs.dispatch(), l.runs.dispatch(), l.runWindows.dispatch(), l.connections.dispatch()}
	l.startScans(scans)
	<-l.allSyncs.dispatch()
	<-l.syncWindows.dispatch()
	for _, there := range reading {
		<-there
	}
}
