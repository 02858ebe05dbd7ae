package graph

import (
	"context"
	"sync"

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
	lazy.once.Do(func() { lazy.loaders = newLoaders(lazy.ctx, lazy.census, lazy.options) })
	return lazy.loaders
}
