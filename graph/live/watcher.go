package live

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

const (
	maxReads      = 16               // maximum number of syncs read at once
	readTimeout   = 45 * time.Second // time limit of the read of one sync
	listEvery     = time.Minute      // minimum time between reads of the list; it grows so that they take a fifth of the budget
	listTimeout   = 30 * time.Minute // time limit of a read of the list, which may wait for the budget
	evaluateEvery = 30 * time.Second // time between evaluations without a read
	overdue       = time.Minute      // a sync whose read is this late is not evaluated without a read

	// clockLag is the maximum delay between the time in a change and its appearance in Census's
	// lists.
	clockLag = 5 * time.Second
)

// A Change is a new or changed run.
type Change struct {
	Run    *census.SyncRun
	Before *census.SyncRun // nil: the run was unknown
}

// A HealthChange is a change of a sync's state of health.
type HealthChange struct {
	Sync   census.SyncID
	Before health.State // "": it was unknown
	After  health.Health
	At     time.Time
}

// A Watcher reads the syncs of one workspace while they have followers.
type Watcher struct {
	client         *upstream.Client
	budget         *budget
	onChanged      func() // see Watchers
	publishToPeers func(PeerMessage)
	name           string // unique among the watchers of all gateways
	stop           context.CancelFunc
	done           sync.WaitGroup
	wakeup         chan struct{} // signals that there may be work
	began          time.Time

	runs   feed[Change]
	health feed[HealthChange]
	alerts feed[AlertChange]

	mu         sync.Mutex
	syncs      map[census.SyncID]*watchedSync // all syncs of the workspace; only followed syncs are read
	listRead   time.Time                      // when the last successfully read list was requested; zero: never
	listTried  time.Time                      // when it was last requested, successfully or not
	listOK     bool                           // the last request succeeded
	lastAnswer time.Time                      // when the last successful request of any kind was sent
	listing    bool

	listDelay      time.Duration // added to its interval while another gateway reads it
	listReadByPeer time.Time     // when another gateway requested the list, since the last read here; zero: none did
	reading        int
	followersOfAll int                   // number of followers of all syncs
	followersOf    map[census.SyncID]int // number of followers of each sync
	fewFollowersOf map[census.SyncID]int // the same, counting only followers of at most maxNamed syncs
	mark           Mark                  // cached mark of followers of all syncs, at position marked of the feed of runs
	marked         uint64
}

func newWatcher(client *upstream.Client, calls int, onChanged func(), publish func(PeerMessage)) *Watcher {
	ctx, stop := context.WithCancel(context.Background())
	w := &Watcher{client: client, onChanged: onChanged, publishToPeers: publish, name: rand.Text(), budget: &budget{limit: calls, ctx: ctx}, stop: stop, wakeup: make(chan struct{}, 1), began: time.Now(),
		syncs: make(map[census.SyncID]*watchedSync), followersOf: make(map[census.SyncID]int), fewFollowersOf: make(map[census.SyncID]int)}
	w.done.Go(func() { w.work(ctx) })
	return w
}

// end ends the watcher and its followers.
func (w *Watcher) end(err error) {
	w.stop()
	w.runs.end(err)
	w.health.end(err)
	w.alerts.end(err)
}

// work starts reads until ctx ends.
func (w *Watcher) work(ctx context.Context) {
	evaluated := time.Now()
	for {
		wait := w.startReads(ctx)
		if now := time.Now(); now.Sub(evaluated) >= evaluateEvery {
			evaluated = now
			w.evaluateAll(now)
		}
		timer := time.NewTimer(min(wait, evaluateEvery-time.Since(evaluated)))
		select {
		case <-timer.C:
		case <-w.wakeup:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// startReads starts all reads that are due. It returns the wait until the next one.
func (w *Watcher) startReads(ctx context.Context) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if since := w.listReadByPeer; !w.listing && (now.Sub(w.listTried) >= w.listEvery()+w.listDelay || !since.IsZero()) {
		w.listing, w.listReadByPeer = true, time.Time{}
		w.done.Go(func() { w.readList(ctx, now, since) })
	}
	wait := evaluateEvery
	for w.reading < maxReads {
		s, next := w.due(now)
		if s == nil {
			return min(wait, next)
		}
		if !s.readByPeerAt.IsZero() && s.hintedAt.IsZero() { // the runs are usually in the shared cache, so this costs no call
			since := s.readByPeerAt
			s.reading, s.readByPeerAt = true, time.Time{}
			w.reading++
			w.done.Go(func() { w.readSync(ctx, s, since, w.budget.take) })
			continue
		}
		call, room := w.budget.reserve()
		if call == nil {
			return min(wait, room)
		}
		s.reading, s.hintedAt, s.readByPeerAt, s.lastReadBegan = true, time.Time{}, time.Time{}, now
		w.reading++
		w.done.Go(func() {
			defer call.release()
			w.readSync(ctx, s, now, call.take)
		})
	}
	return wait
}

// listEvery returns the time between two reads of the list.
func (w *Watcher) listEvery() time.Duration {
	if w.listRead.IsZero() {
		return activeEvery
	}
	pages := (len(w.syncs) + 49) / 50
	return max(listEvery, time.Duration(pages)*5*time.Minute/time.Duration(w.budget.limit))
}

// due returns the sync to read first. It returns nil if no read is due; next is then the shortest
// wait.
func (w *Watcher) due(now time.Time) (first *watchedSync, next time.Duration) {
	next = evaluateEvery
	for id, s := range w.syncs {
		switch {
		case s.reading || !w.follows(id):
		case s.dueAt().After(now):
			next = min(next, s.dueAt().Sub(now))
		case first == nil || s.isBefore(first):
			first = s
		}
	}
	return first, next
}

func (w *Watcher) follows(id census.SyncID) bool {
	return w.followersOfAll > 0 || w.followersOf[id] > 0
}

func (w *Watcher) wakeUp() {
	select {
	case w.wakeup <- struct{}{}:
	default:
	}
}
