package graph

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"census-gateway/upstream"
)

// loaders gather what one operation reads from Census, so that each record is
// read once and each sync's pages together. They live as long as the operation
// and are never shared between two: their batches run under its context.
type loaders struct {
	syncs  *loader[upstream.SyncID, *upstream.Sync]
	runs   *loader[upstream.SyncRunID, *upstream.SyncRun]
	slices *loader[stretch, upstream.Slice[upstream.SyncRun]]
	listed *loader[upstream.Window, upstream.Slice[upstream.Sync]] // of the workspace's syncs
	all    func() ([]upstream.Sync, error)                         // every sync of the workspace
	budget scanBudget
	now    time.Time // when the operation first asked for something
}

// A stretch is a window of the runs of one sync.
type stretch struct {
	sync   upstream.SyncID
	window upstream.Window
}

// onBatch is told of each batch: see Options.OnBatch.
func newLoaders(ctx context.Context, census *upstream.Client, onBatch batchHook) *loaders {
	l := &loaders{
		syncs: newLoader(ctx, "syncs", onBatch, func(ctx context.Context, ids []upstream.SyncID, done results[upstream.SyncID, *upstream.Sync]) {
			for id, r := range census.SyncsByID(ctx, ids) {
				done.set(id, r.Sync, r.Err)
			}
		}),
		runs: newLoader(ctx, "runs", onBatch, func(ctx context.Context, ids []upstream.SyncRunID, done results[upstream.SyncRunID, *upstream.SyncRun]) {
			each(ids, func(id upstream.SyncRunID) {
				run, err := census.Run(ctx, id)
				done.set(id, run, err)
			})
		}),
		slices: newLoader(ctx, "runWindows", onBatch, func(ctx context.Context, keys []stretch, done results[stretch, upstream.Slice[upstream.SyncRun]]) {
			each(bySync(keys), func(keys []stretch) {
				windows := make([]upstream.Window, len(keys))
				for i, k := range keys {
					windows[i] = k.window
				}
				slices, err := census.Runs(ctx, keys[0].sync, windows...)
				done.setAll(keys, slices, err)
			})
		}),
		listed: newLoader(ctx, "syncWindows", onBatch, func(ctx context.Context, windows []upstream.Window, done results[upstream.Window, upstream.Slice[upstream.Sync]]) {
			slices, err := census.Syncs(ctx, windows...)
			done.setAll(windows, slices, err)
		}),
		all: sync.OnceValues(func() ([]upstream.Sync, error) { return census.AllSyncs(ctx) }),
	}
	l.budget.left = scanLimit
	l.budget.settled.L = &l.budget.mu
	return l
}

// bySync splits keys by their sync, in the order in which they come.
func bySync(keys []stretch) (groups [][]stretch) {
	index := make(map[upstream.SyncID]int)
	for _, k := range keys {
		i, ok := index[k.sync]
		if !ok {
			i = len(groups)
			index[k.sync] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], k)
	}
	return groups
}

// How long a loader waits for more keys, and how many it waits for.
const (
	loaderWait     = time.Millisecond
	loaderCapacity = 100
)

// A loader is a dataloader that can also be told of keys ahead of time.
type loader[K comparable, V any] struct {
	*dataloader.Loader[K, V]
	cache dataloader.Cache[K, V]
	read  func(keys []K) []*dataloader.Result[V]
}

type batchHook func(ctx context.Context, loader string, keys int) (context.Context, func(error))

// newLoader makes a loader of read, which sets a result for each key.
func newLoader[K comparable, V any](ctx context.Context, name string, hook batchHook, read func(context.Context, []K, results[K, V])) *loader[K, V] {
	l := &loader[K, V]{cache: dataloader.NewCache[K, V]()}
	l.read = func(keys []K) []*dataloader.Result[V] {
		ctx, end := hook(ctx, name, len(keys))
		done := results[K, V]{new(sync.Mutex), make(map[K]*dataloader.Result[V], len(keys))}
		err := contain(func() { read(ctx, keys, done) })
		end(err)
		out := make([]*dataloader.Result[V], len(keys))
		for i, k := range keys {
			if out[i] = done.m[k]; out[i] == nil {
				out[i] = &dataloader.Result[V]{Error: errors.Join(errNoResult, err)}
			}
		}
		return out
	}
	l.Loader = dataloader.NewBatchedLoader(
		func(_ context.Context, keys []K) []*dataloader.Result[V] { return l.read(keys) },
		dataloader.WithCache[K, V](l.cache),
		dataloader.WithWait[K, V](loaderWait),
		dataloader.WithBatchCapacity[K, V](loaderCapacity),
		dataloader.WithInputCapacity[K, V](loaderCapacity))
	return l
}

// get returns the value of k.
func (l *loader[K, V]) get(ctx context.Context, k K) (V, error) { return l.Load(ctx, k)() }

// ahead begins to read keys at once, as one batch, before anybody asks for
// them. Since all are known there is nothing to wait for.
func (l *loader[K, V]) ahead(ctx context.Context, keys []K) {
	var fresh []K
	done := make(chan struct{})
	var out []*dataloader.Result[V]
	for _, k := range keys {
		if _, known := l.cache.Get(ctx, k); known {
			continue
		}
		i := len(fresh)
		fresh = append(fresh, k)
		l.cache.Set(ctx, k, func() (V, error) {
			<-done
			return out[i].Data, out[i].Error
		})
	}
	if len(fresh) == 0 {
		return
	}
	go func() {
		defer close(done)
		out = l.read(fresh)
	}()
}

var errNoResult = errors.New("a batch left a key without a result")

// results collects what a batch read; its methods may be called at once.
type results[K comparable, V any] struct {
	mu *sync.Mutex
	m  map[K]*dataloader.Result[V]
}

func (r results[K, V]) set(k K, v V, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.m[k] = &dataloader.Result[V]{Data: v, Error: err}
}

// setAll sets the results of keys: a value for each, or the one error.
func (r results[K, V]) setAll(keys []K, values []V, err error) {
	for i, k := range keys {
		var v V
		if err == nil {
			v = values[i]
		}
		r.set(k, v, err)
	}
}

// each runs do for every item at once and waits. A panic in one is raised
// again when the others are through.
func each[T any](items []T, do func(T)) {
	panics := make([]error, len(items))
	var wg sync.WaitGroup
	for i, item := range items {
		wg.Go(func() { panics[i] = contain(func() { do(item) }) })
	}
	wg.Wait()
	if err := errors.Join(panics...); err != nil {
		panic(err)
	}
}

// contain runs do and returns its panic as an error, with the stack for the log.
func contain(do func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	do()
	return nil
}

type loadersKey struct{}

// withLoaders gives the operation of ctx loaders, which are made when the first
// is asked for.
func withLoaders(ctx context.Context, census *upstream.Client, now func() time.Time, onBatch batchHook) context.Context {
	return context.WithValue(ctx, loadersKey{}, sync.OnceValue(func() *loaders {
		l := newLoaders(ctx, census, onBatch)
		l.now = now()
		return l
	}))
}

// loadersOf returns the loaders of the operation that ctx belongs to.
func loadersOf(ctx context.Context) *loaders { return ctx.Value(loadersKey{}).(func() *loaders)() }
