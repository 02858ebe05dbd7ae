package graph

import (
	"context"
	"errors"
	"sync"

	"github.com/graph-gophers/dataloader/v7"

	"census-gateway/internal/stack"
)

// A loader collects the keys that an operation requests. It reads them together when the
// execution has requested all it can. Each key is read once. A loader is safe for concurrent use.
type loader[K comparable, V any] struct {
	ctx  context.Context
	read func(keys []K) []*dataloader.Result[V]
	kept func(keys []K) []*dataloader.Result[V] // values in memory, nil for other keys; may be nil

	mu     sync.Mutex
	values map[K]*loaded[K, V]
	unread []*loaded[K, V] // requested and not read yet
}

// A loaded is a requested value.
type loaded[K comparable, V any] struct {
	key    K
	result *dataloader.Result[V]
	there  <-chan struct{} // closed when result is set; nil if it was set from the start
}

// Get returns the value. Call it after the loader has read.
func (l *loaded[K, V]) Get() (V, error) {
	if l.there != nil {
		<-l.there
	}
	return l.result.Data, l.result.Error
}

type batchHook func(ctx context.Context, loader string, keys int) (context.Context, func(error))

// newLoader returns a loader that reads with read, which must set a result for each key.
func newLoader[K comparable, V any](ctx context.Context, name string, hook batchHook, read func(context.Context, []K, results[V])) *loader[K, V] {
	return &loader[K, V]{ctx: ctx, read: func(keys []K) []*dataloader.Result[V] {
		ctx, end := hook(ctx, name, len(keys))
		out := make(results[V], len(keys))
		for i := range out {
			out[i].Error = errNoResult
		}
		err := contain(func() { read(ctx, keys, out) })
		end(err)
		each := make([]*dataloader.Result[V], len(keys))
		for i := range out {
			if each[i] = &out[i]; err != nil && out[i].Error == errNoResult {
				each[i].Error = errors.Join(errNoResult, err)
			}
		}
		return each
	}}
}

// ask requests the value of k.
func (l *loader[K, V]) ask(k K) *loaded[K, V] {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, asked := l.values[k]
	if !asked {
		v = l.collect(k)
		l.unread = append(l.unread, v)
	}
	return v
}

func (l *loader[K, V]) collect(k K) *loaded[K, V] {
	if l.values == nil {
		l.values = make(map[K]*loaded[K, V])
	}
	v := &loaded[K, V]{key: k}
	l.values[k] = v
	return v
}

// known sets the value of k, unless k was requested before.
func (l *loader[K, V]) known(k K, value V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, asked := l.values[k]; !asked {
		l.collect(k).result = &dataloader.Result[V]{Data: value}
	}
}

// forget drops the value of k. Callers that requested it keep it.
func (l *loader[K, V]) forget(k K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.values, k)
}

// dispatch starts reading the requested keys as one batch. The returned channel is closed when they
// are read.
func (l *loader[K, V]) dispatch() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked := l.notKept()
	if len(asked) == 0 {
		return nothing
	}
	there := make(chan struct{})
	keys := make([]K, len(asked))
	for i, v := range asked {
		keys[i], v.there = v.key, there
	}
	go func() {
		stack.Grow()
		defer close(there)
		for i, r := range l.read(keys) {
			asked[i].result = r
		}
	}()
	return there
}

var nothing = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// notKept returns the requested keys whose values are not in memory, and sets the others.
func (l *loader[K, V]) notKept() []*loaded[K, V] {
	asked := l.unread
	l.unread = nil
	if l.kept == nil || len(asked) == 0 {
		return asked
	}
	keys := make([]K, len(asked))
	for i, v := range asked {
		keys[i] = v.key
	}
	rest := asked[:0]
	for i, r := range l.kept(keys) {
		if r == nil {
			rest = append(rest, asked[i])
			continue
		}
		asked[i].result = r
	}
	return rest
}

var errNoResult = errors.New("a batch did not set a result for a key")

// results are the results of a batch, in the order of its keys. Different elements may be set
// concurrently.
type results[V any] []dataloader.Result[V]

func (r results[V]) set(i int, v V, err error) { r[i] = dataloader.Result[V]{Data: v, Error: err} }
