package graph

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"

	"github.com/graph-gophers/dataloader/v7"

	"census-gateway/internal/stack"
)

// A loader collects the keys that an operation requests. It reads them together when the
// execution has requested all it can. Each key is read once. A loader is safe for concurrent use.
type loader[K comparable, V any] struct {
	reader[K, V]

	mu  sync.Mutex
	few [4]*loadedValue[K, V] // the first keys requested: most operations need no map
	// The others, by the hash of their keys, which are long. If two keys had one hash, the first
	// could be read again.
	more   map[uint64]*loadedValue[K, V]
	unread []*loadedValue[K, V] // requested and not read yet
}

// A reader reads the values of a loader.
type reader[K comparable, V any] struct {
	name  string
	owner *loaders
	// read sets a result for each key.
	read func(l *loaders, ctx context.Context, keys []K, out results[V])
	// cached sets a result for each key whose value is in memory. Nil if none are.
	cached func(l *loaders, keys []K, out results[V])
}

// A loadedValue is a requested value.
type loadedValue[K comparable, V any] struct {
	key    K
	result *dataloader.Result[V]
	ready  <-chan struct{} // closed when result is set; nil if it was set from the start
}

// Get returns the value. Call it after the loader has read.
func (l *loadedValue[K, V]) Get() (V, error) {
	if l.ready != nil {
		<-l.ready
	}
	return l.result.Data, l.result.Error
}

// load requests the value of k.
func (l *loader[K, V]) load(k K) *loadedValue[K, V] {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.find(k)
	if v == nil {
		v = l.collect(k)
		l.unread = append(l.unread, v)
	}
	return v
}

// find returns the value of k; nil if k was not requested.
func (l *loader[K, V]) find(k K) *loadedValue[K, V] {
	for _, v := range l.few {
		if v != nil && v.key == k {
			return v
		}
	}
	if v := l.more[hashOf(k)]; v != nil && v.key == k {
		return v
	}
	return nil
}

var hashSeed = maphash.MakeSeed()

func hashOf[K comparable](k K) uint64 { return maphash.Comparable(hashSeed, k) }

func (l *loader[K, V]) collect(k K) *loadedValue[K, V] {
	v := &loadedValue[K, V]{key: k}
	for i := range l.few {
		if l.few[i] == nil {
			l.few[i] = v
			return v
		}
	}
	if l.more == nil {
		l.more = make(map[uint64]*loadedValue[K, V])
	}
	l.more[hashOf(k)] = v
	return v
}

// prime sets the value of k, unless k was requested before.
func (l *loader[K, V]) prime(k K, value V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.find(k) == nil {
		l.collect(k).result = &dataloader.Result[V]{Data: value}
	}
}

// clear drops the value of k. Callers that requested it keep it.
func (l *loader[K, V]) clear(k K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, v := range l.few {
		if v != nil && v.key == k {
			l.few[i] = nil
		}
	}
	if hash := hashOf(k); l.more[hash] != nil && l.more[hash].key == k {
		delete(l.more, hash)
	}
}

// dispatch starts reading the requested keys as one batch. The returned channel is closed when they
// are read.
func (l *loader[K, V]) dispatch() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	requested := l.notCached()
	if len(requested) == 0 {
		return closedChannel
	}
	ready := make(chan struct{})
	keys := make([]K, len(requested))
	for i, v := range requested {
		keys[i], v.ready = v.key, ready
	}
	go func() {
		stack.Grow()
		defer close(ready)
		out := l.batch(keys)
		for i, v := range requested {
			v.result = &out[i]
		}
	}()
	return ready
}

// batch reads keys and returns their results.
func (r *reader[K, V]) batch(keys []K) results[V] {
	ctx, end := r.owner.options.OnBatch(r.owner.readContext(), r.name, len(keys))
	out := newResults[V](len(keys))
	err := recoverPanic(func() { r.read(r.owner, ctx, keys, out) })
	end(err)
	for i := range out {
		if err != nil && out[i].Error == errNoResult {
			out[i].Error = errors.Join(errNoResult, err)
		}
	}
	return out
}

var closedChannel = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// notCached returns the requested keys whose values are not in memory, and sets the others.
func (l *loader[K, V]) notCached() []*loadedValue[K, V] {
	requested := l.unread
	l.unread = nil
	if l.cached == nil || len(requested) == 0 {
		return requested
	}
	keys := make([]K, len(requested))
	for i, v := range requested {
		keys[i] = v.key
	}
	kept := newResults[V](len(keys))
	l.cached(l.owner, keys, kept)
	rest := requested[:0]
	for i, v := range requested {
		if kept[i].Error == errNoResult {
			rest = append(rest, v)
			continue
		}
		v.result = &kept[i]
	}
	return rest
}

var errNoResult = errors.New("a batch did not set a result for a key")

// results are the results of a batch, in the order of its keys. Different elements may be set
// concurrently.
type results[V any] []dataloader.Result[V]

func newResults[V any](n int) results[V] {
	out := make(results[V], n)
	for i := range out {
		out[i].Error = errNoResult
	}
	return out
}

func (r results[V]) set(i int, v V, err error) { r[i] = dataloader.Result[V]{Data: v, Error: err} }
