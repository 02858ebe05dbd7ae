package graph

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"census-gateway/upstream"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// loaders gather what one operation reads from Census, so that each record is
// read once and each sync's pages together. They live as long as the operation
// and are never shared between two: their batches run under its context.
type loaders struct {
	ctx    context.Context // the operation's
	census *upstream.Client
	syncs  *loader[census.SyncID, *census.Sync]
	runs   *loader[census.SyncRunID, *census.SyncRun]
	slices *loader[stretch, paging.Slice[census.SyncRun]]
	listed *loader[paging.Window, paging.Slice[census.Sync]] // of the workspace's syncs
	all    *loader[struct{}, []census.Sync]                  // every sync of the workspace
	sides  *loader[upstream.Side, *upstream.Ends]            // all connections of each
	scans  scans

	calls int       // that the read limit allows
	now   time.Time // when the operation first asked for something
	began time.Time // the same by the clock that slices tell by

	// reading bounds what is asked of runs at once: what is more than Census is
	// asked would wait there, perhaps for too long.
	reading places
}

// A stretch is a window of the runs of one sync.
type stretch struct {
	sync   census.SyncID
	window paging.Window
	once   bool // it is looked at once, and not held for as long as the operation goes on
}

// hook is told of each batch: see Options.OnBatch.
func newLoaders(ctx context.Context, client *upstream.Client, hook batchHook) *loaders {
	reading, single := make(places, client.MaxCalls()), make(places, client.MaxRunCalls())
	l := &loaders{
		ctx: ctx, census: client, reading: reading,
		syncs: newLoader(ctx, "syncs", hook, func(ctx context.Context, ids []census.SyncID, out results[*census.Sync]) {
			found := client.SyncsByID(ctx, ids)
			for i, id := range ids {
				out.set(i, found[id].Sync, found[id].Err)
			}
		}),
		runs: newLoader(ctx, "runs", hook, func(ctx context.Context, ids []census.SyncRunID, out results[*census.SyncRun]) {
			each(len(ids), func(i int) {
				defer single.enter(ctx)()
				defer reading.enter(ctx)()
				run, err := client.Run(ctx, ids[i])
				out.set(i, run, err)
			})
		}),
		slices: newLoader(ctx, "runWindows", hook, func(ctx context.Context, keys []stretch, out results[paging.Slice[census.SyncRun]]) {
			bundles := bySync(keys)
			each(len(bundles), func(n int) {
				b := bundles[n]
				defer reading.enter(ctx)()
				answers, err := client.Runs(ctx, b.sync, b.windows...)
				if err != nil {
					answers = make([]paging.Slice[census.SyncRun], len(b.at))
				}
				detach(keys, b.at, answers)
				for i, at := range b.at {
					out.set(at, answers[i], cmp.Or(err, answers[i].Err))
				}
			})
		}),
		listed: newLoader(ctx, "syncWindows", hook, func(ctx context.Context, windows []paging.Window, out results[paging.Slice[census.Sync]]) {
			answers, err := client.Syncs(ctx, windows...)
			if err != nil {
				answers = make([]paging.Slice[census.Sync], len(windows))
			}
			for i := range windows {
				out.set(i, answers[i], cmp.Or(err, answers[i].Err))
			}
		}),
		sides: newLoader(ctx, "connections", hook, func(ctx context.Context, sides []upstream.Side, out results[*upstream.Ends]) {
			each(len(sides), func(i int) {
				connections, err := client.Ends(ctx, sides[i])
				out.set(i, connections, err)
			})
		}),
		all: newLoader(ctx, "allSyncs", hook, func(ctx context.Context, _ []struct{}, out results[[]census.Sync]) {
			all, err := client.AllSyncs(ctx)
			out.set(0, all, err)
		}),
	}
	l.syncs.kept = func(ids []census.SyncID) []*dataloader.Result[*census.Sync] {
		out := make([]*dataloader.Result[*census.Sync], len(ids))
		for i, id := range ids {
			if record, ok := client.SyncKept(ctx, id); ok {
				out[i] = &dataloader.Result[*census.Sync]{Data: record}
			}
		}
		return out
	}
	l.slices.kept = func(keys []stretch) []*dataloader.Result[paging.Slice[census.SyncRun]] {
		out := make([]*dataloader.Result[paging.Slice[census.SyncRun]], len(keys))
		for _, b := range bySync(keys) {
			if slices, ok := client.RunsKept(ctx, b.sync, b.windows...); ok {
				for i, at := range b.at {
					out[at] = &dataloader.Result[paging.Slice[census.SyncRun]]{Data: slices[i]}
				}
			}
		}
		return out
	}
	l.scans.budget.runs.Store(scanRuns)
	return l
}

// read reads all that has been asked for. A page of the workspace's syncs is in memory
// if all are read before.
func (l *loaders) read() {
	reading := [...]<-chan struct{}{l.syncs.begin(), l.runs.begin(), l.slices.begin(), l.sides.begin()}
	l.beginScans()
	<-l.all.begin()
	<-l.listed.begin()
	for _, there := range reading {
		<-there
	}
}

// detach copies the runs that are held for as long as the operation goes on, if
// they came with more that is looked at once: they would keep all of that alive.
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

// A bundle is windows of the runs of one sync, and where in a list of stretches
// they stand.
type bundle struct {
	sync    census.SyncID
	windows []paging.Window
	at      []int
}

// bySync bundles keys, in the order in which their syncs come.
func bySync(keys []stretch) []bundle {
	bundles := make([]bundle, 0, len(keys))
	index := make(map[census.SyncID]int, len(keys))
	counts := make([]int, len(keys)) // of the windows of each bundle
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

// A lazyLoaders makes loaders when they are first asked for.
type lazyLoaders struct {
	once    sync.Once
	loaders *loaders

	ctx     context.Context // the operation's
	census  *upstream.Client
	options *Options
}

// withLoaders gives the operation of ctx loaders.
func withLoaders(ctx context.Context, census *upstream.Client, options *Options) context.Context {
	return context.WithValue(ctx, loadersKey{}, &lazyLoaders{ctx: ctx, census: census, options: options})
}

// loadersOf returns the loaders of the operation that ctx belongs to.
func loadersOf(ctx context.Context) *loaders {
	lazy := ctx.Value(loadersKey{}).(*lazyLoaders)
	lazy.once.Do(func() {
		l := newLoaders(lazy.ctx, lazy.census, lazy.options.OnBatch)
		l.now, l.began = lazy.options.Now(), time.Now()
		l.calls = lazy.options.ReadLimit
		l.scans.budget.pages.Store(int64(l.calls))
		lazy.loaders = l
	})
	return lazy.loaders
}
