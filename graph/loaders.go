package graph

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"census-gateway/graph/alerts"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// loaders collect the reads of one operation, so that each record is read once, and the pages of
// each sync together. Operations do not share them, since batches run under the operation's
// context.
type loaders struct {
	ctx    context.Context // of the operation
	census *upstream.Client
	syncs  loader[census.SyncID, *census.Sync]
	runs   loader[census.SyncRunID, *census.SyncRun]
	slices loader[stretch, paging.Slice[census.SyncRun]]
	listed loader[paging.Window, paging.Slice[census.Sync]] // pages of the workspace's syncs
	all    loader[struct{}, []census.Sync]                  // all syncs of the workspace
	sides  loader[upstream.Side, *upstream.Ends]            // all connections of each side
	scans  scans

	reportedAlerts *alerts.Reported // see Options
	calls          int              // allowed by the read limit
	now            time.Time        // when the operation made its first request
	began          time.Time        // the same moment by the clock of slices

	// reading limits the concurrent reads of runs. More would have to wait for a call to Census,
	// perhaps for too long.
	reading places
	single  places // the same for reads of one run each
	hook    batchHook
}

// A stretch is a window of the runs of one sync.
type stretch struct {
	sync   census.SyncID
	window paging.Window
	once   bool // it is read only once, and not kept until the end of the operation
}

// newLoaders returns the loaders of an operation. hook is called for each batch; see
// Options.OnBatch.
func newLoaders(ctx context.Context, client *upstream.Client, hook batchHook) *loaders {
	l := &loaders{ctx: ctx, census: client, hook: hook, reading: make(places, client.MaxCalls()), single: make(places, client.MaxRunCalls())}
	l.syncs.reader = reader[census.SyncID, *census.Sync]{"syncs", l, (*loaders).readSyncs, (*loaders).syncsKept}
	l.runs.reader = reader[census.SyncRunID, *census.SyncRun]{"runs", l, (*loaders).readRuns, nil}
	l.slices.reader = reader[stretch, paging.Slice[census.SyncRun]]{"runWindows", l, (*loaders).readSlices, (*loaders).slicesKept}
	l.listed.reader = reader[paging.Window, paging.Slice[census.Sync]]{"syncWindows", l, (*loaders).readListed, nil}
	l.sides.reader = reader[upstream.Side, *upstream.Ends]{"connections", l, (*loaders).readSides, nil}
	l.all.reader = reader[struct{}, []census.Sync]{"allSyncs", l, (*loaders).readAll, nil}
	l.scans.budget.runs.Store(maxScannedRuns)
	return l
}

func (l *loaders) readSyncs(ctx context.Context, ids []census.SyncID, out results[*census.Sync]) {
	found := l.census.SyncsByID(ctx, ids)
	for i, id := range ids {
		out.set(i, found[id].Sync, found[id].Err)
	}
}

func (l *loaders) syncsKept(ids []census.SyncID, out results[*census.Sync]) {
	for i, id := range ids {
		if record, ok := l.census.SyncKept(l.ctx, id); ok {
			out.set(i, record, nil)
		}
	}
}

func (l *loaders) readRuns(ctx context.Context, ids []census.SyncRunID, out results[*census.SyncRun]) {
	each(len(ids), func(i int) {
		defer l.single.enter(ctx)()
		defer l.reading.enter(ctx)()
		run, err := l.census.Run(ctx, ids[i])
		out.set(i, run, err)
	})
}

func (l *loaders) readSlices(ctx context.Context, keys []stretch, out results[paging.Slice[census.SyncRun]]) {
	bundles := bySync(keys)
	each(len(bundles), func(n int) {
		b := bundles[n]
		defer l.reading.enter(ctx)()
		answers, err := l.census.Runs(ctx, b.sync, b.windows...)
		if err != nil {
			answers = make([]paging.Slice[census.SyncRun], len(b.at))
		}
		detach(keys, b.at, answers)
		for i, at := range b.at {
			out.set(at, answers[i], cmp.Or(err, answers[i].Err))
		}
	})
}

func (l *loaders) slicesKept(keys []stretch, out results[paging.Slice[census.SyncRun]]) {
	for _, b := range bySync(keys) {
		if slices, ok := l.census.RunsKept(l.ctx, b.sync, b.windows...); ok {
			for i, at := range b.at {
				out.set(at, slices[i], nil)
			}
		}
	}
}

func (l *loaders) readListed(ctx context.Context, windows []paging.Window, out results[paging.Slice[census.Sync]]) {
	answers, err := l.census.Syncs(ctx, windows...)
	if err != nil {
		answers = make([]paging.Slice[census.Sync], len(windows))
	}
	for i := range windows {
		out.set(i, answers[i], cmp.Or(err, answers[i].Err))
	}
}

func (l *loaders) readSides(ctx context.Context, sides []upstream.Side, out results[*upstream.Ends]) {
	each(len(sides), func(i int) {
		connections, err := l.census.Ends(ctx, sides[i])
		out.set(i, connections, err)
	})
}

func (l *loaders) readAll(ctx context.Context, _ []struct{}, out results[[]census.Sync]) {
	all, err := l.census.AllSyncs(ctx)
	out.set(0, all, err)
}

// read reads all requested keys. It reads all syncs before pages of syncs, which may then be in
// memory.
func (l *loaders) read() {
	reading := [...]<-chan struct{}{l.syncs.dispatch(), l.runs.dispatch(), l.slices.dispatch(), l.sides.dispatch()}
	l.beginScans()
	<-l.all.dispatch()
	<-l.listed.dispatch()
	for _, there := range reading {
		<-there
	}
}

// detach copies the runs that are kept until the end of the operation, if they were read together
// with runs that are not. Otherwise they would keep all of these in memory.
func detach(keys []stretch, at []int, answers []paging.Slice[census.SyncRun]) {
	if !slices.ContainsFunc(at, func(i int) bool { return keys[i].once }) {
		return
	}
	for n, i := range at {
		if !keys[i].once {
			answers[n].Rows = census.CloneRuns(answers[n].Rows)
		}
	}
}

// A bundle holds windows of the runs of one sync, and their indexes in a list of stretches.
type bundle struct {
	sync    census.SyncID
	windows []paging.Window
	at      []int
}

// bySync bundles keys by sync, in the order of the syncs' first keys.
func bySync(keys []stretch) []bundle {
	bundles := make([]bundle, 0, len(keys))
	index := make(map[census.SyncID]int, len(keys))
	counts := make([]int, len(keys)) // windows of each bundle
	for _, k := range keys {
		n, ok := index[k.sync]
		if !ok {
			n = len(bundles)
			index[k.sync], bundles = n, append(bundles, bundle{sync: k.sync})
		}
		counts[n]++
	}
	windows, at, from := make([]paging.Window, len(keys)), make([]int, len(keys)), 0
	for n := range bundles {
		bundles[n].windows, bundles[n].at = windows[from:from:from+counts[n]], at[from:from:from+counts[n]]
		from += counts[n]
	}
	for i, k := range keys {
		b := &bundles[index[k.sync]]
		b.windows, b.at = append(b.windows, k.window), append(b.at, i)
	}
	return bundles
}

type loadersKey struct{}

// A lazyLoaders creates the loaders on the first use.
type lazyLoaders struct {
	once    sync.Once
	loaders *loaders

	ctx     context.Context // of the operation
	census  *upstream.Client
	options *Options
}

// withLoaders returns a context with loaders for its operation.
func withLoaders(ctx context.Context, census *upstream.Client, options *Options) context.Context {
	return context.WithValue(ctx, loadersKey{}, &lazyLoaders{ctx: ctx, census: census, options: options})
}

// loadersOf returns the loaders of the operation of ctx.
func loadersOf(ctx context.Context) *loaders {
	lazy := ctx.Value(loadersKey{}).(*lazyLoaders)
	lazy.once.Do(func() {
		l := newLoaders(lazy.ctx, lazy.census, lazy.options.OnBatch)
		l.now, l.began = lazy.options.Now(), time.Now()
		l.calls, l.reportedAlerts = lazy.options.ReadLimit, lazy.options.ReportedAlerts
		l.scans.budget.pages.Store(int64(l.calls))
		lazy.loaders = l
	})
	return lazy.loaders
}
