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

// Several gateways with a shared cache watch a workspace together. Each one publishes what it has
// read. The others take that from the shared cache if it is new to them. They read a sync
// themselves only if no peer has reported a read some seconds after it was due. So one gateway
// reads each sync, and another takes over when that one ends. A lost message costs one call, but no
// change is lost.

// A PeerMessage reports a read of Census to the other gateways.
type PeerMessage struct {
	Gateway string        // unique name of the watcher
	Tenant  string        // identifies the token; watchers of other tokens ignore the message
	Call    bool          // a call begins; nothing has been read yet
	Sync    census.SyncID // the sync whose runs were read; 0: the list of syncs
	Asked   time.Time     // a time before the request
	State   string        // hash of the newest runs
	Changed bool          // there may be changes even if State is known
}

const (
	peerLag   = 3 * time.Second        // minimum extra delay for a sync that a peer reads; the maximum is twice that
	clockSkew = 100 * time.Millisecond // maximum apparent difference between the clocks of gateways
)

// Receive handles a message of another gateway.
func (ws *Watchers) Receive(s PeerMessage) {
	ws.mu.Lock()
	w := ws.byTenant[s.Tenant]
	ws.mu.Unlock()
	if w != nil {
		w.receive(s)
	}
}

func (w *Watcher) receive(s PeerMessage) {
	if s.Call {
		w.budget.countPeerCall(s.Gateway)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if s.Sync == 0 {
		if !s.Asked.Before(w.listRead) {
			w.listReadByPeer = s.Asked.Add(-clockSkew)
			w.wakeUp()
		}
		return
	}
	y := w.syncs[s.Sync]
	if y == nil || !w.follows(s.Sync) || s.Asked.Before(y.requested) {
		return
	}
	y.lastReadByPeer = true
	switch requested := s.Asked.Add(-clockSkew); {
	case y.requested.IsZero() || s.Changed || len(y.unsettled) > 0 || s.State != y.runsHash():
		y.readByPeerAt = requested
	case !y.reading:
		y.requested, w.lastAnswer = later(y.requested, requested), later(w.lastAnswer, requested)
		y.plan(time.Now(), w.fewFollowersOf[s.Sync] > 0)
	}
	w.wakeUp()
}

// publish sends a message to the other gateways.
func (w *Watcher) publish(s PeerMessage) {
	if w.publishToPeers != nil {
		s.Gateway, s.Tenant = w.name, w.client.Tenant()
		w.publishToPeers(s)
	}
}

// publishRead reports a read of y. changed means that followers receive a change.
func (w *Watcher) publishRead(y *watchedSync, changed bool) {
	if w.publishToPeers != nil {
		y.lastReadByPeer = false
		w.publish(PeerMessage{Sync: y.record.ID, Asked: y.requested, State: y.runsHash(), Changed: changed})
	}
}

// runsHash returns a hash of the newest runs of y.
func (y *watchedSync) runsHash() string {
	var w coding.Writer
	census.WriteRuns(&w, y.runs)
	sum := sha256.Sum256(w.Bytes)
	return hex.EncodeToString(sum[:8])
}

// peerDelay returns how long to leave a due read to the gateway that made the last one.
func peerDelay(theirs bool) time.Duration {
	if !theirs {
		return 0
	}
	return peerLag + rand.N(peerLag)
}

// countCalls wraps leave: it counts each permitted call in n and publishes it. If n stays 0, all
// data came from the shared cache.
func (w *Watcher) countCalls(leave calls.Permit, n *atomic.Int64) calls.Permit {
	return func(ctx context.Context) (end func(), err error) {
		if end, err = leave(ctx); err == nil {
			n.Add(1)
			w.publish(PeerMessage{Call: true})
		}
		return end, err
	}
}

// countPeerCall counts a call of another gateway.
func (b *budget) countPeerCall(gateway string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.peerCalls == nil {
		b.peerCalls = make(map[string]time.Time)
	}
	b.peerCalls[gateway], b.ended = now, append(b.ended, now)
}

// activePeers returns the number of other gateways that reported calls in the last minute.
func (b *budget) activePeers(now time.Time) int {
	maps.DeleteFunc(b.peerCalls, func(_ string, at time.Time) bool { return now.Sub(at) >= time.Minute })
	return len(b.peerCalls)
}
