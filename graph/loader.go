package graph

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"census-gateway/upstream"
)

// How long a loader waits for more keys, and how many it waits for.
const (
	loaderWait     = time.Millisecond
	loaderCapacity = 100
)

// A loader is a dataloader that can also be told of keys ahead of time. What gathers
// keys is made when the first has to be gathered; most operations name all they need.
type loader[K comparable, V any] struct {
	cache  dataloader.Cache[K, V]
	read   func(keys []K) results[V]
	once   sync.Once
	gather *dataloader.Loader[K, V]
}

type batchHook func(ctx context.Context, loader string, keys int) (context.Context, func(error))

// newLoader makes a loader of read, which sets a result for each key.
func newLoader[K comparable, V any](ctx context.Context, name string, hook batchHook, read func(context.Context, []K, results[V])) *loader[K, V] {
	l := &loader[K, V]{cache: dataloader.NewCache[K, V]()}
	l.read = func(keys []K) results[V] {
		ctx, end := hook(ctx, name, len(keys))
		out := make(results[V], len(keys))
		err := contain(func() { read(ctx, keys, out) })
		end(err)
		for i := range out {
			if out[i] == nil {
				out[i] = &dataloader.Result[V]{Error: errors.Join(errNoResult, err)}
			}
		}
		return out
	}
	return l
}

// load asks for the value of k, together with what others ask for in the next moment.
func (l *loader[K, V]) load(ctx context.Context, k K) dataloader.Thunk[V] {
	l.once.Do(func() {
		l.gather = dataloader.NewBatchedLoader(
			func(_ context.Context, keys []K) []*dataloader.Result[V] { return l.read(keys) },
			dataloader.WithCache[K, V](l.cache),
			dataloader.WithWait[K, V](loaderWait),
			dataloader.WithBatchCapacity[K, V](loaderCapacity),
			dataloader.WithInputCapacity[K, V](loaderCapacity))
	})
	return l.gather.Load(ctx, k)
}

// get returns the value of k.
func (l *loader[K, V]) get(ctx context.Context, k K) (V, error) {
	if known, ok := l.cache.Get(ctx, k); ok { // as load would find, which gets ready for more
		return known()
	}
	return l.load(ctx, k)()
}

// unknown are those of keys that have not been asked for yet.
func (l *loader[K, V]) unknown(ctx context.Context, keys []K) []K {
	out := make([]K, 0, len(keys))
	for _, k := range keys {
		if _, known := l.cache.Get(ctx, k); !known {
			out = append(out, k)
		}
	}
	return out
}

// known takes v for the value of k, unless that has been asked for.
func (l *loader[K, V]) known(ctx context.Context, k K, v V) {
	if _, asked := l.cache.Get(ctx, k); asked {
		return
	}
	l.cache.Set(ctx, k, func() (V, error) { return v, nil })
}

// ahead begins to read those of keys that have not been asked for yet, each once,
// at once and as one batch. Since all are known there is nothing to wait for.
func (l *loader[K, V]) ahead(ctx context.Context, keys []K) {
	fresh := make([]K, 0, len(keys))
	values := make([]*dataloader.Result[V], 0, len(keys)) // each held by its own key alone
	done := make(chan struct{})
	for _, k := range keys {
		if _, known := l.cache.Get(ctx, k); known {
			continue
		}
		v := new(dataloader.Result[V])
		fresh, values = append(fresh, k), append(values, v)
		l.cache.Set(ctx, k, func() (V, error) {
			<-done
			return v.Data, v.Error
		})
	}
	if len(fresh) == 0 {
		return
	}
	go func() {
		upstream.GrowStack()
		defer close(done)
		for i, r := range l.read(fresh) {
			*values[i] = *r
		}
	}()
}

var errNoResult = errors.New("a batch left a key without a result")

// results are what a batch reads, in the order of its keys; different ones may
// be set at once.
type results[V any] []*dataloader.Result[V]

func (r results[V]) set(i int, v V, err error) { r[i] = &dataloader.Result[V]{Data: v, Error: err} }
