package graph

import (
	"context"
	"sync"
	"time"

	"census-gateway/upstream"
)

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
		l.now, l.startedAt = lazy.options.Now(), time.Now()
		l.readLimit, l.reportedAlerts = lazy.options.ReadLimit, lazy.options.ReportedAlerts
		l.scans.budget.pages.Store(int64(l.readLimit))
		lazy.loaders = l
	})
	return lazy.loaders
}
