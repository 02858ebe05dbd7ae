package live

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"census-gateway/internal/coding"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// Several gateways that share pages watch a workspace together. Each tells the others what it has
// read. The others take that from the shared pages if it is news to them, and read the sync
// themselves only if nobody has told of it some seconds after it was due. So one gateway reads each
// sync, and another goes on when that one ends. A message that is lost costs a call, and no change.

// Seen is what a watcher has read from Census, as it tells other gateways.
type Seen struct {
	Gateway string        // a name that no other watcher has
	Tenant  string        // the token, which others watch too
	Call    bool          // a call begins, and nothing has been read yet
	Sync    census.SyncID // whose runs were read; 0: the list of syncs
	Asked   time.Time     // before they were requested
	State   string        // a hash of the newest runs
	Changed bool          // it may be news although State is known
}

const (
	othersLag = 3 * time.Second        // how much later a sync is read that another gateway reads, and at most twice that
	askedLag  = 100 * time.Millisecond // how much the clocks of gateways may seem to differ
)

// Told takes in what another gateway has read.
func (ws *Watchers) Told(s Seen) {
	ws.mu.Lock()
	w := ws.of[s.Tenant]
	ws.mu.Unlock()
	if w != nil {
		w.takeIn(s)
	}
}

func (w *Watcher) takeIn(s Seen) {
	if s.Call {
		w.budget.others(s.Gateway)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if s.Sync == 0 {
		if !s.Asked.Before(w.listed) {
			w.listTold = s.Asked.Add(-askedLag)
			w.wakeUp()
		}
		return
	}
	y := w.syncs[s.Sync]
	if y == nil || !w.follows(s.Sync) || s.Asked.Before(y.asked) {
		return
	}
	y.theirs = true
	switch asked := s.Asked.Add(-askedLag); {
	case y.asked.IsZero() || s.Changed || len(y.open) > 0 || s.State != y.state():
		y.told = asked
	case !y.reading:
		y.asked, w.fresh = later(y.asked, asked), later(w.fresh, asked)
		y.plan(time.Now(), w.named[s.Sync] > 0)
	}
	w.wakeUp()
}

// tell tells the other gateways something.
func (w *Watcher) tell(s Seen) {
	if w.onSeen != nil {
		s.Gateway, s.Tenant = w.name, w.client.Tenant()
		w.onSeen(s)
	}
}

// tellSync tells what was read of y. changed means that followers are told something.
func (w *Watcher) tellSync(y *watched, changed bool) {
	if w.onSeen != nil {
		y.theirs = false
		w.tell(Seen{Sync: y.record.ID, Asked: y.asked, State: y.state(), Changed: changed})
	}
}

// state is a hash of the newest runs of y.
func (y *watched) state() string {
	var w coding.Writer
	census.WriteRuns(&w, y.runs)
	sum := sha256.Sum256(w.Bytes)
	return hex.EncodeToString(sum[:8])
}

// lag returns for how long to leave what is due to the gateway that read it last.
func lag(theirs bool) time.Duration {
	if !theirs {
		return 0
	}
	return othersLag + rand.N(othersLag)
}

// counted returns a leave that tells of each call that it lets pass, and counts it in n. If there
// is none, another gateway had read all.
func (w *Watcher) counted(leave calls.Leave, n *atomic.Int64) calls.Leave {
	return func(ctx context.Context) (end func(), err error) {
		if end, err = leave(ctx); err == nil {
			n.Add(1)
			w.tell(Seen{Call: true})
		}
		return end, err
	}
}

// others counts a call that another gateway makes.
func (b *budget) others(gateway string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.heard == nil {
		b.heard = make(map[string]time.Time)
	}
	b.heard[gateway], b.ended = now, append(b.ended, now)
}

// peers returns how many other gateways have told of calls in the last minute.
func (b *budget) peers(now time.Time) int {
	maps.DeleteFunc(b.heard, func(_ string, at time.Time) bool { return now.Sub(at) >= time.Minute })
	return len(b.heard)
}
