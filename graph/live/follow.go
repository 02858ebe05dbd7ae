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

// Watchers holds the watchers of all tokens.
type Watchers struct {
	Calls     int    // limit on calls per watcher and minute
	OnChanged func() // called when something has changed, before followers receive it; may be nil

	// Publish is called with each message for the other gateways, which pass it to Receive. It must
	// not block. Nil if there are no other gateways.
	Publish func(PeerMessage)

	mu         sync.Mutex
	byTenant   map[string]*Watcher // by tenant
	followers  map[*Watcher]int    // number of followers of each
	endedCalls int64               // calls of watchers that have ended
}

// Follow follows the given syncs of the client's workspace; nil: all syncs. It starts the watcher
// if needed. The caller must call Close.
func (ws *Watchers) Follow(client *upstream.Client, syncs []census.SyncID) *Follower {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	tenant := client.Tenant()
	w := ws.byTenant[tenant]
	if w == nil || w.ended() {
		if ws.byTenant == nil {
			ws.byTenant, ws.followers = make(map[string]*Watcher), make(map[*Watcher]int)
		}
		w = newWatcher(client, ws.Calls, ws.OnChanged, ws.Publish)
		ws.byTenant[tenant] = w
	}
	ws.followers[w]++
	f := &Follower{Watcher: w, syncs: slices.Sorted(slices.Values(syncs)), nextRun: w.runs.head(), nextHealth: w.health.head(), nextAlert: w.alerts.head(), began: time.Now()}
	w.join(f, 1)
	f.Close = sync.OnceFunc(func() { ws.leave(f, tenant) })
	return f
}

func (ws *Watchers) leave(f *Follower, tenant string) {
	f.join(f, -1)
	ws.mu.Lock()
	w := f.Watcher
	ws.followers[w]--
	last := ws.followers[w] == 0
	if last {
		delete(ws.followers, w)
		if ws.byTenant[tenant] == w {
			delete(ws.byTenant, tenant)
		}
	}
	ws.mu.Unlock()
	if last {
		w.stop()
		w.done.Wait()
		ws.mu.Lock()
		ws.endedCalls += w.budget.calls()
		ws.mu.Unlock()
	}
}

// Wake makes every watcher of a sync read it now, and again after SoonAgain, because a change was
// reported. It returns false if nobody follows the sync.
func (ws *Watchers) Wake(id census.SyncID) (followed bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for w := range ws.followers {
		followed = w.wake(id) || followed
	}
	return followed
}

func (w *Watcher) wake(id census.SyncID) (followed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.syncs[id]
	if s == nil || !w.follows(id) {
		return false
	}
	now := time.Now()
	s.hint(now)
	s.readAgainAt = now.Add(SoonAgain)
	w.wakeUp()
	return true
}

// Stats returns the number of watchers, the calls of all watchers so far, and the delay of the most
// overdue read.
func (ws *Watchers) Stats() (watchers int, calls int64, behind time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	calls = ws.endedCalls
	for w := range ws.followers {
		calls += w.budget.calls()
		behind = max(behind, w.behind())
	}
	return len(ws.followers), calls, behind
}

// behind returns the delay of the most overdue read; 0 if none is overdue.
func (w *Watcher) behind() (behind time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, s := range w.syncs {
		if w.follows(id) && !s.reading {
			behind = max(behind, time.Since(s.next))
		}
	}
	return behind
}

// A Follower receives the changes of some syncs. It must be used by one goroutine only.
type Follower struct {
	*Watcher
	Close func() // must be called, once or more often

	began                          time.Time       // changes after this time are delivered
	syncs                          []census.SyncID // sorted; empty: all
	nextRun, nextHealth, nextAlert uint64          // numbers of the next changes to deliver
}

// join counts f as a follower (n = 1), or no longer (n = -1).
func (w *Watcher) join(f *Follower, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wakeUp()
	if len(f.syncs) == 0 {
		w.followersOfAll += n
	}
	defer w.forgetUnfollowed()
	now := time.Now()
	for _, id := range f.syncs {
		if w.followersOf[id] += n; w.followersOf[id] == 0 {
			delete(w.followersOf, id)
		}
		if len(f.syncs) > maxNamed {
			continue
		}
		if w.fewFollowersOf[id] += n; w.fewFollowersOf[id] == 0 {
			delete(w.fewFollowersOf, id)
		}
		if s := w.syncs[id]; s != nil && n > 0 && s.next.After(now.Add(namedEvery)) {
			s.next = now
		}
	}
}

// forgetUnfollowed forgets the alerts of syncs without followers. They are not evaluated, so their
// changes would go unnoticed.
func (w *Watcher) forgetUnfollowed() {
	for id, s := range w.syncs {
		if !w.follows(id) {
			s.alerts = nil
		}
	}
}

func (f *Follower) includes(id census.SyncID) bool {
	if len(f.syncs) == 0 {
		return true
	}
	_, found := slices.BinarySearch(f.syncs, id)
	return found
}

// NextRun waits for the next new or changed run. delivered is the mark reached with it; zero if
// further changes are pending.
func (f *Follower) NextRun(ctx context.Context) (c Change, delivered Mark, err error) {
	for {
		c, last, err := f.runs.wait(ctx, f.nextRun)
		if err != nil {
			return c, delivered, err
		}
		f.nextRun++
		if f.includes(c.Run.SyncID) {
			if last {
				delivered = f.deliveredUpTo(f)
			}
			return c, delivered, nil
		}
	}
}

// NextHealth waits for the next change of a state of health.
func (f *Follower) NextHealth(ctx context.Context) (HealthChange, error) {
	for {
		c, _, err := f.Watcher.health.wait(ctx, f.nextHealth)
		if err != nil {
			return c, err
		}
		f.nextHealth++
		if f.includes(c.Sync) {
			return c, nil
		}
	}
}

// HealthNow returns the last evaluated health of a sync; nil before the first.
func (w *Watcher) HealthNow(id census.SyncID) *health.Health {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.syncs[id]; s != nil {
		return s.health
	}
	return nil
}

// ended reports whether the watcher has ended because of an error.
func (w *Watcher) ended() bool {
	w.runs.mu.Lock()
	defer w.runs.mu.Unlock()
	return w.runs.ended != nil
}
