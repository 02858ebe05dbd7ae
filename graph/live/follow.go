package live

import (
	"context"
	"slices"
	"sync"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

// Watchers are the watchers of all tokens.
type Watchers struct {
	Calls     int    // of one watcher in any minute
	OnChanged func() // is called when something has changed, before followers are told; nil: nobody is

	// OnSeen is called with what was read from Census, for Told of other gateways. It must not
	// block. Nil: this gateway is alone.
	OnSeen func(Seen)

	mu   sync.Mutex
	of   map[string]*Watcher // by tenant
	used map[*Watcher]int    // how many follow it
	made int64               // calls of watchers that have ended
}

// Follow follows some syncs of the workspace of client; nil: all. The watcher starts if
// nobody did. Close must be called.
func (ws *Watchers) Follow(client *upstream.Client, syncs []census.SyncID) *Follower {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	tenant := client.Tenant()
	w := ws.of[tenant]
	if w == nil || w.broken() {
		if ws.of == nil {
			ws.of, ws.used = make(map[string]*Watcher), make(map[*Watcher]int)
		}
		w = newWatcher(client, ws.Calls, ws.OnChanged, ws.OnSeen)
		ws.of[tenant] = w
	}
	ws.used[w]++
	f := &Follower{Watcher: w, syncs: slices.Sorted(slices.Values(syncs)), run: w.runs.head(), health: w.health.head(), alert: w.alerts.head(), began: time.Now()}
	w.join(f, 1)
	f.Close = sync.OnceFunc(func() { ws.leave(f, tenant) })
	return f
}

func (ws *Watchers) leave(f *Follower, tenant string) {
	f.join(f, -1)
	ws.mu.Lock()
	w := f.Watcher
	ws.used[w]--
	last := ws.used[w] == 0
	if last {
		delete(ws.used, w)
		if ws.of[tenant] == w {
			delete(ws.of, tenant)
		}
	}
	ws.mu.Unlock()
	if last {
		w.stop()
		w.done.Wait()
		ws.mu.Lock()
		ws.made += w.budget.made()
		ws.mu.Unlock()
	}
}

// Wake has every watcher of a sync read it at once, and again after SoonAgain, because something
// reports that it has changed. It returns false if nobody follows the sync.
func (ws *Watchers) Wake(id census.SyncID) (followed bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for w := range ws.used {
		followed = w.wake(id) || followed
	}
	return followed
}

func (w *Watcher) wake(id census.SyncID) (followed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	y := w.syncs[id]
	if y == nil || !w.follows(id) {
		return false
	}
	now := time.Now()
	y.wake(now)
	y.again = now.Add(SoonAgain)
	w.wakeUp()
	return true
}

// Stats are how many watchers work, how many calls all have made, and how late the latest
// of what they have to read is.
func (ws *Watchers) Stats() (watchers int, calls int64, behind time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	calls = ws.made
	for w := range ws.used {
		calls += w.budget.made()
		behind = max(behind, w.behind())
	}
	return len(ws.used), calls, behind
}

// behind is for how long what is read next has been due; 0: it is not.
func (w *Watcher) behind() (behind time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, y := range w.syncs {
		if w.follows(id) && !y.reading {
			behind = max(behind, time.Since(y.next))
		}
	}
	return behind
}

// A Follower is told what changes in some syncs. It is used by one goroutine.
type Follower struct {
	*Watcher
	Close func() // must be called; more than once is allowed

	began              time.Time       // from then on nothing is missed
	syncs              []census.SyncID // in order; empty: all
	run, health, alert uint64          // numbers of the next changes
}

// join has the watcher follow what f follows, or no more.
func (w *Watcher) join(f *Follower, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wakeUp()
	if len(f.syncs) == 0 {
		w.all += n
	}
	defer w.unfollow()
	now := time.Now()
	for _, id := range f.syncs {
		if w.some[id] += n; w.some[id] == 0 {
			delete(w.some, id)
		}
		if len(f.syncs) > mostNamed {
			continue
		}
		if w.named[id] += n; w.named[id] == 0 {
			delete(w.named, id)
		}
		if y := w.syncs[id]; y != nil && n > 0 && y.next.After(now.Add(named)) {
			y.next = now
		}
	}
}

// unfollow forgets the alerts of syncs that nobody follows: they are not judged, so that what
// changes is not known.
func (w *Watcher) unfollow() {
	for id, y := range w.syncs {
		if !w.follows(id) {
			y.alerts = nil
		}
	}
}

func (f *Follower) wants(id census.SyncID) bool {
	if len(f.syncs) == 0 {
		return true
	}
	_, found := slices.BinarySearch(f.syncs, id)
	return found
}

// NextRun waits for the next run that was created or has changed. told is up to when all
// was told with it; zero: what follows is of the same time.
func (f *Follower) NextRun(ctx context.Context) (c Change, told Mark, err error) {
	for {
		c, last, err := f.runs.at(ctx, f.run)
		if err != nil {
			return c, told, err
		}
		f.run++
		if f.wants(c.Run.SyncID) {
			if last {
				told = f.told(f)
			}
			return c, told, nil
		}
	}
}

// NextHealth waits for the next change of health.
func (f *Follower) NextHealth(ctx context.Context) (HealthChange, error) {
	for {
		c, _, err := f.Watcher.health.at(ctx, f.health)
		if err != nil {
			return c, err
		}
		f.health++
		if f.wants(c.Sync) {
			return c, nil
		}
	}
}

// HealthNow is how a sync is, as far as the watcher knows; nil if it does not.
func (w *Watcher) HealthNow(id census.SyncID) *health.Health {
	w.mu.Lock()
	defer w.mu.Unlock()
	if y := w.syncs[id]; y != nil {
		return y.health
	}
	return nil
}

// broken tells that the watcher has ended by itself.
func (w *Watcher) broken() bool {
	w.runs.mu.Lock()
	defer w.runs.mu.Unlock()
	return w.runs.ended != nil
}
