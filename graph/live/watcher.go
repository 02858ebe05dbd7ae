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
	readers   = 16               // syncs read at once
	readFor   = 45 * time.Second // time limit of one read
	listEvery = time.Minute      // between reads of the list, or more: they take a fifth of the budget
	listFor   = 30 * time.Minute // time limit of a read of the list, which waits for the budget
	judges    = 30 * time.Second // between judgements of health by the clock
	overdue   = time.Minute      // delay of a read after which its sync is not judged by the clock

	// clockLag is the largest delay between the time in a change and its appearance.
	clockLag = 5 * time.Second
)

// A Change is a new or changed run.
type Change struct {
	Run    *census.SyncRun
	Before *census.SyncRun // nil: the run was not known
}

// A HealthChange is a change of a sync's state of health.
type HealthChange struct {
	Sync   census.SyncID
	Before health.State // "": it was not known
	After  health.Health
	At     time.Time
}

// A Watcher reads the syncs of one workspace while they have followers.
type Watcher struct {
	client    *upstream.Client
	budget    *budget
	onChanged func() // see Watchers
	onSeen    func(Seen)
	name      string // among the watchers of all gateways
	stop      context.CancelFunc
	done      sync.WaitGroup
	poke      chan struct{} // has a value if there may be work
	began     time.Time

	runs   feed[Change]
	health feed[HealthChange]
	alerts feed[AlertChange]

	mu      sync.Mutex
	syncs   map[census.SyncID]*watched // all syncs of the workspace; only those with followers are read
	listed  time.Time                  // when the list was last requested and answered; zero: never
	tried   time.Time                  // when it was last requested, answered or not
	up      bool                       // the last request was answered
	fresh   time.Time                  // when the last answered request of any kind was sent
	listing bool

	listLag  time.Duration // added to its interval while another gateway reads it
	listTold time.Time     // when another gateway requested the list, since the last read here; zero: none did
	reading  int
	all      int                   // number of followers of all syncs
	some     map[census.SyncID]int // number of followers of each sync
	named    map[census.SyncID]int // those of them that follow few syncs
	mark     Mark                  // of followers of all syncs, at the position marked in the feed of runs
	marked   uint64
}

func newWatcher(client *upstream.Client, calls int, onChanged func(), onSeen func(Seen)) *Watcher {
	ctx, stop := context.WithCancel(context.Background())
	w := &Watcher{client: client, onChanged: onChanged, onSeen: onSeen, name: rand.Text(), budget: &budget{most: calls, over: ctx}, stop: stop, poke: make(chan struct{}, 1), began: time.Now(),
		syncs: make(map[census.SyncID]*watched), some: make(map[census.SyncID]int), named: make(map[census.SyncID]int)}
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
	judged := time.Now()
	for {
		wait := w.startReads(ctx)
		if now := time.Now(); now.Sub(judged) >= judges {
			judged = now
			w.judgeAll(now)
		}
		timer := time.NewTimer(min(wait, judges-time.Since(judged)))
		select {
		case <-timer.C:
		case <-w.poke:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// startReads starts all reads that are due, and returns how long to wait for the next.
func (w *Watcher) startReads(ctx context.Context) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if since := w.listTold; !w.listing && (now.Sub(w.tried) >= w.listEvery()+w.listLag || !since.IsZero()) {
		w.listing, w.listTold = true, time.Time{}
		w.done.Go(func() { w.readList(ctx, now, since) })
	}
	wait := judges
	for w.reading < readers {
		y, next := w.due(now)
		if y == nil {
			return min(wait, next)
		}
		if !y.told.IsZero() && y.woken.IsZero() { // this usually costs no call
			since := y.told
			y.reading, y.told = true, time.Time{}
			w.reading++
			w.done.Go(func() { w.readSync(ctx, y, since, w.budget.take) })
			continue
		}
		call, room := w.budget.reserve()
		if call == nil {
			return min(wait, room)
		}
		y.reading, y.woken, y.told, y.began = true, time.Time{}, time.Time{}, now
		w.reading++
		w.done.Go(func() {
			defer call.giveBack()
			w.readSync(ctx, y, now, call.take)
		})
	}
	return wait
}

// listEvery returns the time between two reads of the list.
func (w *Watcher) listEvery() time.Duration {
	if w.listed.IsZero() {
		return pursuit
	}
	pages := (len(w.syncs) + 49) / 50
	return max(listEvery, time.Duration(pages)*5*time.Minute/time.Duration(w.budget.most))
}

// due returns the sync to read first. It is nil if no read is due; next is then the shortest wait.
func (w *Watcher) due(now time.Time) (first *watched, next time.Duration) {
	next = judges
	for id, y := range w.syncs {
		switch {
		case y.reading || !w.follows(id):
		case y.at().After(now):
			next = min(next, y.at().Sub(now))
		case first == nil || y.before(first):
			first = y
		}
	}
	return first, next
}

func (w *Watcher) follows(id census.SyncID) bool { return w.all > 0 || w.some[id] > 0 }

func (w *Watcher) wakeUp() {
	select {
	case w.poke <- struct{}{}:
	default:
	}
}
