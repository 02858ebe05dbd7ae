package graph

import (
	"context"
	"errors"
	"sync"

	"github.com/graph-gophers/dataloader/v7"

	"census-gateway/internal/stack"
)

// A loader gathers the keys that an operation asks for and reads them together when
// it is told to: when the execution has asked for all it can. Each key is read once.
// A loader may be used by many goroutines.
type loader[K comparable, V any] struct {
	ctx  context.Context
	read func(keys []K) []*dataloader.Result[V]
	kept func(keys []K) []*dataloader.Result[V] // what is in memory, nil for a key that is not; may be nil

	mu     sync.Mutex
	values map[K]*loaded[K, V]
	unread []*loaded[K, V] // asked for and not read yet
}

// loaded is a value that has been asked for.
type loaded[K comparable, V any] struct {
	key    K
	result *dataloader.Result[V]
	there  <-chan struct{} // closed when result is there; nil: it always was
}

// Get returns the value, which is there when the loader has read.
func (l *loaded[K, V]) Get() (V, error) {
	if l.there != nil {
		<-l.there
	}
	return l.result.Data, l.result.Error
}

type batchHook func(ctx context.Context, loader string, keys int) (context.Context, func(error))

// newLoader makes a loader of read, which sets a result for each key.
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

// ask asks for the value of k.
func (l *loader[K, V]) ask(k K) *loaded[K, V] {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, asked := l.values[k]
	if !asked {
		v = l.add(k)
		l.unread = append(l.unread, v)
	}
	return v
}

func (l *loader[K, V]) add(k K) *loaded[K, V] {
	if l.values == nil {
		l.values = make(map[K]*loaded[K, V])
	}
	v := &loaded[K, V]{key: k}
	l.values[k] = v
	return v
}

// known takes value for that of k, unless k has been asked for.
func (l *loader[K, V]) known(k K, value V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, asked := l.values[k]; !asked {
		l.add(k).result = &dataloader.Result[V]{Data: value}
	}
}

// forget lets go of the value of k, but for those who have asked for it.
func (l *loader[K, V]) forget(k K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.values, k)
}

// begin begins to read what has been asked for, as one batch, and returns what is closed
// when it is there.
func (l *loader[K, V]) begin() <-chan struct{} {
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

// notKept takes what has been asked for, but for what is in memory.
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

var errNoResult = errors.New("a batch left a key without a result")

// results are what a batch reads, in the order of its keys; different ones may be
// set at once.
type results[V any] []dataloader.Result[V]

func (r results[V]) set(i int, v V, err error) { r[i] = dataloader.Result[V]{Data: v, Error: err} }
