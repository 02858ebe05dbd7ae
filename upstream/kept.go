package upstream

import (
	"time"

	"census-gateway/internal/when"
)

// kept is what is kept of one list beside its chunks: the newest rows, and the
// proof that the chunks of its epoch still are where they were. An epoch ends
// when old rows are removed, which moves every ordinal. It is never changed.
type kept[T any] struct {
	epoch   int64
	size    int        // rows of its chunks: they are numbered by it
	newest  segment[T] // the place of the newest row when last read; of no rows where there are none
	total   int
	told    time.Time // when a page was asked for that told the total
	proved  time.Time // until then, no row had been removed since the epoch began
	arrived int64     // the moment of the last page read for it: an older answer may be of another epoch
	sealed  bool      // there are chunks worth to be proved
	wary    bool      // Census has been seen to order ties otherwise than by id
}

func (l list[T]) key() cacheKey {
	return cacheKey{shelf: l.client.calls.Shelf(), endpoint: l.endpoint, id: l.id}
}

func (l list[T]) chunkKey(epoch int64, k int) cacheKey {
	return cacheKey{shelf: l.client.calls.Shelf(), endpoint: l.endpoint, id: l.id, epoch: epoch, k: k}
}

// A block is a chunk that is kept. It stands in its epoch.
type block[T any] struct {
	first  int // ordinal of the first row
	rows   []T
	packed packed[T] // instead of rows; nil: there are rows
	until  time.Time // until when they count
	fringe
}

// packed are rows in less memory than they take as they are.
type packed[T any] interface {
	Rows(more int) []T // oldest first, with room for more; not to be written to
	Bytes() int
}

// open is b as a segment.
func (b block[T]) open() segment[T] {
	if b.packed != nil {
		b.rows = b.packed.Rows(0)
	}
	return segment[T]{first: b.first, rows: b.rows, until: b.until, fringe: b.fringe}
}

// life is how long what may change is kept.
func (l list[T]) life() time.Duration {
	if l.over == nil {
		return syncsFor * l.client.cache.freshness
	}
	return l.client.cache.freshness
}

// recall begins a view with what is kept. Each thing counts for its life from when
// it was asked for: the newest rows, the total, and the proof that rows stand where
// they did, which tells nothing of the other two. What is over its time is a witness,
// by which the next page shows whether the epoch goes on. With more, what is over
// its time for no longer than that counts too.
func (l list[T]) recall(more time.Duration) *view[T] {
	v := l.remember(more)
	k := v.kept
	if k == nil {
		return v
	}
	now, life := time.Now(), l.life()
	counts := func(asked time.Time) bool { return now.Before(asked.Add(life + more)) }
	head, whole := k.newest, false
	if value, ok := l.client.cache.get(l.topKey(k.epoch)); ok {
		if t := value.(top[T]); t.sent.Equal(head.sent) && t.end() == head.end() { // of the same page
			head, v.below, v.underneath, whole = t.segment, t.below, t.loose, true
		}
	}
	head.until = head.sent.Add(life)
	v.fresh = counts(k.proved)
	switch {
	case len(head.rows) == 0:
	case whole && v.fresh && counts(head.sent):
		v.segments, v.recalled, v.order = []segment[T]{head}, []segment[T]{head}, head.order
	default:
		v.witnesses = []segment[T]{head}
	}
	if v.fresh && counts(k.told) {
		v.total, v.told = k.total, k.told
		if k.total == 0 || len(v.recalled) > 0 && head.end() == k.total {
			v.end = k.total
		}
	}
	return v
}

// remember begins a view with the chunks that are kept, but not the newest rows.
func (l list[T]) remember(more time.Duration) *view[T] {
	v := l.begin()
	c := l.client.cache
	if l.isDeaf() {
		return v.beDeaf()
	}
	value, ok := c.get(l.key())
	if !ok {
		return v
	}
	now := time.Now()
	k := value.(*kept[T])
	if k.size != l.size {
		return v
	}
	v.kept, v.floor, v.epoch, v.arrived = k, k.total, k.epoch, k.arrived
	v.chunk = func(n int) (g segment[T], ok bool) {
		value, ok := c.get(l.chunkKey(k.epoch, n/l.size))
		if !ok {
			return g, false
		}
		b := value.(block[T])
		if !now.Before(b.until.Add(more)) {
			return g, false
		}
		return b.open(), true
	}
	return v
}

// keep keeps what v found out. What others have found out of another epoch
// meanwhile is left as it is, and so is what was asked for later than what v read;
// and where Census does not tell how long a list is, nothing is kept. It returns v,
// or where an epoch begins with what v read, that alone.
func (l list[T]) keep(v *view[T]) *view[T] {
	c := l.client.cache
	if c.entries == nil || len(v.news) == 0 || v.untold {
		return v
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	next, arrived := &kept[T]{}, v.arrived
	value, _ := c.get(l.key())
	was, _ := value.(*kept[T])
	if was != nil && was.size != l.size {
		was = nil
	}
	switch {
	case was != nil && (v.kept == nil || was.epoch != v.kept.epoch):
		return v
	case was != nil && v.tied:
		*next = *was
	default: // nothing ties what was read to an epoch: it begins one
		next.epoch, next.size, next.wary = c.epochs.Add(1), l.size, was != nil && was.wary
		v = v.restart()
	}
	v.epoch = next.epoch
	next.total = max(next.total, v.total) // no epoch outlives a fall of it
	next.arrived = max(next.arrived, arrived)
	next.told = when.Later(next.told, v.asked())
	next.proved = when.Later(next.proved, v.proved)
	next.wary = next.wary || v.crooked
	var head *segment[T]
	now := time.Now()
	for i := range v.segments {
		g := &v.segments[i]
		known := !g.until.IsZero()
		if g.group > 0 || known && !g.mended { // stands alone, or was kept already
			continue
		}
		sealed := g.first%l.size == 0 && len(g.rows) == l.size && l.sealed(g.rows, now)
		if g.mended && len(v.recalled) > 0 && !sealed { // some of its rows may be older than it
			continue
		}
		if !known && (len(next.newest.rows) == 0 || g.end() == v.total && !g.sent.Before(next.newest.sent)) {
			head, next.newest = g, *g
		}
		if g.first%l.size != 0 || len(g.rows) < l.size && g.end() != v.total {
			continue
		}
		b, weight := block[T]{first: g.first, rows: g.rows, until: g.sent.Add(l.life()), fringe: g.fringe}, l.weigh(g.rows)
		if sealed {
			b.until, next.sealed = now.Add(sealedFor), true
			if l.pack != nil {
				b.rows, b.packed = nil, l.pack(g.rows)
				weight = entryWeight + b.packed.Bytes()
			}
		}
		key := l.chunkKey(next.epoch, g.first/l.size)
		if value, ok := c.get(key); !ok || g.mended || !value.(block[T]).until.After(b.until) {
			c.set(key, b, weight, b.until)
		}
	}
	if head != nil {
		next.newest = l.witness(*head)
		t, weight := l.newTop(*head)
		c.set(l.topKey(next.epoch), t, weight, t.sent.Add(l.life()))
	}
	c.set(l.key(), next, l.weigh(next.newest.rows), time.Time{})
	return v
}

// weigh is about what an entry of rows takes in memory.
func (l list[T]) weigh(rows []T) int {
	n := entryWeight
	for i := range rows {
		n += l.weight(&rows[i])
	}
	return n
}

// beWary notes that a page of the list ended among rows of one moment without telling.
func (l list[T]) beWary() {
	c := l.client.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok := c.get(l.key()); ok {
		next := *value.(*kept[T])
		next.wary = true
		c.set(l.key(), &next, l.weigh(next.newest.rows), time.Time{})
	}
}

// forget ends the epoch of v.
func (l list[T]) forget(v *view[T]) {
	c := l.client.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok := c.get(l.key()); ok && v.kept != nil && value.(*kept[T]).epoch == v.kept.epoch {
		c.drop(l.key())
	}
}

// sealed tells whether rows will not change any more.
func (l list[T]) sealed(rows []T, now time.Time) bool {
	if l.over == nil {
		return false
	}
	for i := range rows {
		if !l.over(&rows[i], now) {
			return false
		}
	}
	return true
}
