package live

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

const (
	readers   = 16               // syncs that are read at once
	readFor   = 45 * time.Second // one of them
	listEvery = time.Minute      // the list of syncs is read, or as seldom as a fifth of the budget allows
	listFor   = 30 * time.Minute // waiting for the budget
	judges    = 30 * time.Second // how often health is judged by the clock
	overdue   = time.Minute      // a read is, and the sync not judged by the clock until it is made

	// clockLag is how much later than the time it bears a change may come to be seen.
	clockLag = 5 * time.Second
)

// A Change is a run that was created or has changed.
type Change struct {
	Run    *census.SyncRun
	Before *census.SyncRun // nil: it was not known
}

// A HealthChange is a sync whose state of health is another.
type HealthChange struct {
	Sync   census.SyncID
	Before health.State // "": it was not known
	After  health.Health
	At     time.Time
}

// A Watcher follows the syncs of one workspace for as long as somebody does.
type Watcher struct {
	client    *upstream.Client
	budget    *budget
	onChanged func() // see Watchers
	onSeen    func(Seen)
	name      string // among the watchers of all gateways
	stop      context.CancelFunc
	done      sync.WaitGroup
	poke      chan struct{} // holds something if there may be something to do
	began     time.Time

	runs   feed[Change]
	health feed[HealthChange]
	alerts feed[AlertChange]

	mu      sync.Mutex
	syncs   map[census.SyncID]*watched // all of the workspace; those that nobody follows are not read
	listed  time.Time                  // when they were last asked for, with an answer; zero: not yet
	tried   time.Time                  // the same, with one or without
	up      bool                       // with one
	fresh   time.Time                  // when anything was last asked for with an answer
	listing bool

	listLag  time.Duration // how much later it is read, as another gateway reads it
	listTold time.Time     // since when another gateway has read the list; zero: none has since it was read
	reading  int
	all      int                   // how many follow all of them
	some     map[census.SyncID]int // how many follow one, by its id
	named    map[census.SyncID]int // those of them who follow few
	mark     Mark                  // of who follows all, at a place in the feed of runs
	marked   uint64
}

func newWatcher(client *upstream.Client, calls int, onChanged func(), onSeen func(Seen)) *Watcher {
	ctx, stop := context.WithCancel(context.Background())
	w := &Watcher{client: client, onChanged: onChanged, onSeen: onSeen, name: rand.Text(), budget: &budget{most: calls, over: ctx}, stop: stop, poke: make(chan struct{}, 1), began: time.Now(),
		syncs: make(map[census.SyncID]*watched), some: make(map[census.SyncID]int), named: make(map[census.SyncID]int)}
	w.done.Go(func() { w.work(ctx) })
	return w
}

// end ends the watcher and what follows it.
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
		if !y.told.IsZero() && y.woken.IsZero() { // as a rule, this costs no call
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

// listEvery is how often the list is read.
func (w *Watcher) listEvery() time.Duration {
	if w.listed.IsZero() {
		return pursuit
	}
	pages := (len(w.syncs) + 49) / 50
	return max(listEvery, time.Duration(pages)*5*time.Minute/time.Duration(w.budget.most))
}

// due is the sync that is to be read first; nil if none is yet, and then how long that
// takes at least.
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

// readList reads the list of syncs, or takes what another gateway has read since told; zero: none
// has.
func (w *Watcher) readList(ctx context.Context, now, told time.Time) {
	ctx, cancel := context.WithTimeout(ctx, listFor)
	defer cancel()
	asked := now
	if !told.IsZero() {
		asked = told
	}
	var made atomic.Int64
	all, err := w.client.Anew(asked, w.counted(w.budget.take, &made)).AllSyncs(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wakeUp()
	w.listing, w.tried, w.up = false, now, err == nil
	w.listLag = lag(w.onSeen != nil && made.Load() == 0)
	if err != nil {
		w.fails(err)
		return
	}
	w.listed, w.fresh = asked, later(w.fresh, asked)
	if made.Load() > 0 {
		w.tell(Seen{Asked: asked})
	}
	there := make(map[census.SyncID]bool, len(all))
	for i := range all {
		record := &all[i]
		there[record.ID] = true
		y := w.syncs[record.ID]
		switch {
		case y == nil:
			y = &watched{next: asked}
			w.syncs[record.ID] = y
		case moved(y.record, record):
			y.wake(asked)
		}
		y.record = record
	}
	maps.DeleteFunc(w.syncs, func(id census.SyncID, y *watched) bool {
		if !there[id] && len(y.alerts) > 0 {
			w.outdate(asked, id)
			w.alerts.put(y.gone(y.alerts, nil, "Census has the sync no more.", asked)...)
		}
		return !there[id]
	})
}

// fails ends the watcher if Census does not accept its token.
func (w *Watcher) fails(err error) {
	var failed *calls.Error
	if errors.As(err, &failed) && failed.Kind == calls.Unauthenticated {
		w.up = false
		w.end(err)
	}
}

// readSync reads the newest runs of y, if they were not read since a time.
func (w *Watcher) readSync(ctx context.Context, y *watched, asked time.Time, leave calls.Leave) {
	ctx, cancel := context.WithTimeout(ctx, readFor)
	defer cancel()
	var made atomic.Int64
	rows, open, more, err := w.read(ctx, y, asked, w.counted(leave, &made))
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wakeUp()
	w.reading--
	now := time.Now()
	y.reading = false
	if err != nil {
		y.failed++
		w.fails(err)
	} else {
		y.failed, w.fresh = 0, later(w.fresh, asked)
		changes := y.take(rows, open, more, asked, w.began.Add(-clockLag))
		if made.Load() > 0 {
			w.tellSync(y, len(changes) > 0)
		}
		if len(changes) > 0 {
			y.changed = asked
			since, ids := asked, make([]census.SyncRunID, len(changes))
			for i, c := range changes {
				if ids[i] = c.Run.ID; open[c.Run.ID] != nil {
					since = now.Add(1) // it was read after the list, and may have changed in between
				}
			}
			w.outdate(since, y.record.ID, ids...)
			w.runs.put(changes...)
		}
		w.judge(y, now)
	}
	y.plan(now, w.named[y.record.ID] > 0)
}

// read reads the runs of y from those that are in mind on, and those further back that may
// still change. At the first time it looks for a run that others were skipped behind.
func (w *Watcher) read(ctx context.Context, y *watched, asked time.Time, leave calls.Leave) (rows []census.SyncRun, open map[census.SyncRunID]*census.SyncRun, more bool, err error) {
	w.mu.Lock()
	id, window, first := y.record.ID, y.window(), y.asked.IsZero()
	w.mu.Unlock()
	client := w.client.Anew(asked, leave)
	for {
		answers, err := client.Runs(ctx, id, window)
		if err != nil {
			return nil, nil, false, err
		}
		s := answers[0]
		rows = append(census.CloneRuns(s.Rows), rows...)
		more = s.First > 0
		blocked := first && len(rows) < 1000 && !slices.ContainsFunc(rows, func(r census.SyncRun) bool { return r.Outcome() != census.OutcomeSkipped })
		if !s.More || first && !blocked {
			break
		}
		window = s.After(window)
		window.Limit = 100
	}
	w.mu.Lock()
	behind := y.behind(rows, asked)
	w.mu.Unlock()
	open = make(map[census.SyncRunID]*census.SyncRun)
	for _, id := range behind {
		run, err := client.Run(ctx, id)
		var failed *calls.Error
		switch {
		case err == nil:
			open[id] = run
		case !errors.As(err, &failed) || failed.Kind != calls.NotFound:
			return nil, nil, false, err
		}
	}
	return rows, open, more, nil
}

// judge tells followers if the state of y or one of its alerts has changed.
func (w *Watcher) judge(y *watched, now time.Time) {
	if y.asked.IsZero() {
		return
	}
	after := health.Of(y.record, y.newestFirst(), y.more, now)
	before := y.health
	y.health = &after
	if before == nil || before.State != after.State {
		c := HealthChange{Sync: y.record.ID, After: after, At: now}
		if before != nil {
			c.Before = before.State
		}
		w.outdate(later(y.asked, w.listed), c.Sync)
		w.health.put(c)
	}
	if changes := y.alert(now, w.began); len(changes) > 0 {
		w.outdate(later(y.asked, w.listed), y.record.ID)
		w.alerts.put(changes...)
	}
}

// outdate has queries show what followers are about to be told of a sync. Pages of its runs that
// were requested before since are older.
func (w *Watcher) outdate(since time.Time, id census.SyncID, runs ...census.SyncRunID) {
	w.client.Doubt(since, id, runs...)
	if w.onChanged != nil {
		w.onChanged()
	}
}

// judgeAll judges by the clock what is known of syncs. A sync that could not be read when it had
// to be is left as it was: that no run of it is known does not mean that it is late.
func (w *Watcher) judgeAll(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, y := range w.syncs {
		if w.follows(id) && y.failed == 0 && now.Sub(y.next) < overdue {
			w.judge(y, now)
		}
	}
}
