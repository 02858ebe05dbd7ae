package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"census-gateway/graph/alerts"
	"census-gateway/graph/live"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

const (
	followAgainAfter = time.Minute     // the pause before the next attempt, after Census rejected the token
	maxQueued        = 1000            // maximum number of changes that wait to be sent
	drainTimeout     = 5 * time.Second // time to send the queue when the gateway stops
)

// A Sender posts changes of alerts to a webhook.
type Sender struct {
	URL       string
	Secret    string // key of the signature; "": messages are not signed
	Transport http.RoundTripper
	Log       *slog.Logger
	// Claim reports whether no other gateway has claimed a key; see claim. Nil if there are no
	// other gateways.
	Claim func(key string) bool

	delivered, rejected, failed, dropped atomic.Int64

	mu       sync.Mutex
	queue    []live.AlertChange // changes to send
	queuedAt time.Time          // when the oldest change in queue came
	wake     chan struct{}      // signals that the queue is not empty
}

// Run follows all syncs of a workspace and posts the changes of their alerts, until ctx ends.
func (s *Sender) Run(ctx context.Context, client *upstream.Client, watchers *live.Watchers) {
	s.wake = make(chan struct{}, 1)
	var following sync.WaitGroup
	following.Go(func() {
		for ctx.Err() == nil {
			f := watchers.Follow(client, nil)
			s.follow(ctx, f, client.Tenant())
			f.Close()
			sleep(ctx, followAgainAfter)
		}
	})
	s.send(ctx)
	following.Wait()
}

// follow queues changes until ctx or the watcher ends.
func (s *Sender) follow(ctx context.Context, f *live.Follower, tenant string) {
	for {
		c, err := f.NextAlert(ctx)
		if err != nil {
			return
		}
		if shouldSend(c) && s.claim(c, tenant) {
			s.enqueue(c)
		}
	}
}

// shouldSend reports whether a change is sent, by the settings of its alert. Alerts that Census
// itself reported are not sent: Census sends them.
func shouldSend(c live.AlertChange) bool {
	if c.After.Origin == alerts.CensusWebhook {
		return false
	}
	switch c.After.State {
	case alerts.Firing:
		return c.Before != alerts.Unknown || c.After.EveryTime // otherwise it was sent before
	case alerts.Resolved:
		return c.After.Recovery
	}
	return false
}

// claim reports whether this gateway must send a change. It returns false if another gateway with
// the same URL has claimed it.
func (s *Sender) claim(c live.AlertChange, tenant string) bool {
	if s.Claim == nil {
		return true
	}
	var run census.SyncRunID
	if c.After.Run != nil {
		run = c.After.Run.ID
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s %s %d", s.URL, tenant, c.After.ID, c.After.State, run))
	return s.Claim("census-gateway:alert:" + hex.EncodeToString(sum[:16]))
}

func (s *Sender) enqueue(c live.AlertChange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		s.queuedAt = time.Now()
	}
	if s.queue = append(s.queue, c); len(s.queue) > maxQueued {
		s.queue = slices.Delete(s.queue, 0, 1)
		s.dropped.Add(1)
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// dequeue returns the queue and empties it.
func (s *Sender) dequeue() (changes []live.AlertChange, came time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes, s.queue = s.queue, nil
	return changes, s.queuedAt
}

// send posts the queued changes, one message at a time. When ctx ends, it posts the rest and
// returns.
func (s *Sender) send(ctx context.Context) {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(drainTimeout, end) })()
	var b batches
	for last := false; !last; {
		last = ctx.Err() != nil
		select {
		case <-s.wake:
			sleep(ctx, b.delay(time.Now()))
		case <-ctx.Done():
		}
		changes, came := s.dequeue()
		if len(changes) == 0 {
			continue
		}
		for _, m := range b.split(changes, came, time.Now()) {
			s.post(ctx, life, bodyOf(m))
		}
	}
}

// Stats returns the number of messages delivered, rejected by the receiver, and failed, and the
// number of changes dropped because the queue was full.
func (s *Sender) Stats() (delivered, rejected, failed, dropped int64) {
	return s.delivered.Load(), s.rejected.Load(), s.failed.Load(), s.dropped.Load()
}
