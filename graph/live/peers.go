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
func (ws *Watchers) Receive(m PeerMessage) {
	ws.mu.Lock()
	w := ws.byTenant[m.Tenant]
	ws.mu.Unlock()
	if w != nil {
		w.receive(m)
	}
}

func (w *Watcher) receive(m PeerMessage) {
	if m.Call {
		w.budget.countPeerCall(m.Gateway)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if m.Sync == 0 {
		if !m.Asked.Before(w.listRead) {
			w.listReadByPeer = m.Asked.Add(-clockSkew)
			w.wakeUp()
		}
		return
	}
	s := w.syncs[m.Sync]
	if s == nil || !w.follows(m.Sync) || m.Asked.Before(s.requested) {
		return
	}
	s.lastReadByPeer = true
	switch requested := m.Asked.Add(-clockSkew); {
	case s.requested.IsZero() || m.Changed || len(s.unsettled) > 0 || m.State != s.runsHash():
		s.readByPeerAt = requested
	case !s.reading:
		s.requested, w.lastAnswer = later(s.requested, requested), later(w.lastAnswer, requested)
		s.plan(time.Now(), w.fewFollowersOf[m.Sync] > 0)
	}
	w.wakeUp()
}

// publish sends a message to the other gateways.
func (w *Watcher) publish(m PeerMessage) {
	if w.publishToPeers != nil {
		m.Gateway, m.Tenant = w.name, w.client.Tenant()
		w.publishToPeers(m)
	}
}

// publishRead reports a read of s. changed means that followers receive a change.
func (w *Watcher) publishRead(s *watchedSync, changed bool) {
	if w.publishToPeers != nil {
		s.lastReadByPeer = false
		w.publish(PeerMessage{Sync: s.record.ID, Asked: s.requested, State: s.runsHash(), Changed: changed})
	}
}

// runsHash returns a hash of the newest runs of s.
func (s *watchedSync) runsHash() string {
	var w coding.Writer
	census.WriteRuns(&w, s.runs)
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

// countCalls wraps permit: it counts each permitted call in n and publishes it. If n stays 0, all
// data came from the shared cache.
func (w *Watcher) countCalls(permit calls.Permit, n *atomic.Int64) calls.Permit {
	return func(ctx context.Context) (end func(), err error) {
		if end, err = permit(ctx); err == nil {
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
