package paging

import "census-gateway/internal/coding"

// How other processes get what is cached of a list. rows writes or reads rows.

// Write writes k and the newest rows; t is nil if they are not cached.
func (k *CachedList[T]) Write(w *coding.Writer, t *NewestRows[T], rows func(*coding.Writer, []T)) {
	w.Int(k.Epoch)
	w.Int(int64(k.Size))
	w.Int(int64(k.total))
	w.Time(k.totalRequested)
	w.Time(k.proved)
	w.Bool(k.sealed)
	w.Bool(k.DistrustTies)
	k.Newest.write(w, rows)
	w.Bool(t != nil)
	if t != nil {
		t.segment().write(w, rows)
	}
}

// ReadCachedList reads what Write wrote. Pages requested before the moment arrived do not go
// with it.
func ReadCachedList[T any](r *coding.Reader, arrived int64, rows func(*coding.Reader) []T) (k *CachedList[T], newest *Segment[T], ok bool) {
	k = &CachedList[T]{Epoch: r.Int(), Size: int(r.Int()), total: int(r.Int()), totalRequested: r.Time(), proved: r.Time(), sealed: r.Bool(), DistrustTies: r.Bool(), arrived: arrived}
	k.Newest = readSegment(r, rows)
	if r.Bool() {
		g := readSegment(r, rows)
		newest = &g
	}
	return k, newest, !r.Failed() && k.Epoch != 0 && k.Size > 0
}

// Newer returns what to cache of k, which another process has read, if was is cached here; nil if
// that is as new.
func (k *CachedList[T]) Newer(was *CachedList[T]) *CachedList[T] {
	if was == nil || was.Size != k.Size {
		return k
	}
	if !k.proved.After(was.proved) || was.Epoch == k.Epoch && k.Newest.Sent.Before(was.Newest.Sent) {
		return nil
	}
	next := *k
	next.DistrustTies = k.DistrustTies || was.DistrustTies
	if was.Epoch == k.Epoch {
		next.total, next.sealed = max(k.total, was.total), k.sealed || was.sealed
	}
	return &next
}

// Write writes b, which belongs to a list with chunks of that many rows.
func (b *CachedChunk[T]) Write(w *coding.Writer, rows func(*coding.Writer, []T)) {
	w.Time(b.Until)
	g := b.Segment()
	g.write(w, rows)
}

// ReadCachedChunk reads what Write wrote.
func ReadCachedChunk[T any](r *coding.Reader, rows func(*coding.Reader) []T) (b CachedChunk[T], ok bool) {
	until := r.Time()
	g := readSegment(r, rows)
	return g.CachedChunk(until), !r.Failed() && len(g.Rows) > 0
}

// segment returns the rows of t, with those below.
func (t *NewestRows[T]) segment() *Segment[T] {
	g := t.Segment
	if t.Below != nil {
		rows := t.Below.Rows(len(g.Rows))
		g.First, g.Low = g.First-len(rows), t.Loose
		g.Rows = append(rows, g.Rows...)
	}
	return &g
}

func (g *Segment[T]) write(w *coding.Writer, rows func(*coding.Writer, []T)) {
	w.Int(int64(g.First))
	w.Time(g.Sent)
	w.Bool(g.Mended)
	w.Int(int64(g.Low))
	w.Int(int64(g.High))
	w.Bool(g.ties)
	w.Bool(g.shuffled)
	w.Int(int64(g.odds))
	rows(w, g.Rows)
}

func readSegment[T any](r *coding.Reader, rows func(*coding.Reader) []T) (g Segment[T]) {
	g.First, g.Sent, g.Mended = int(r.Int()), r.Time(), r.Bool()
	g.Low, g.High = int(r.Int()), int(r.Int())
	g.ties, g.shuffled, g.odds = r.Bool(), r.Bool(), int(r.Int())
	g.Rows = rows(r)
	return g
}
