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
	again    = time.Minute     // Census is asked after it rejected the token
	mostHeld = 1000            // changes that wait to be sent
	farewell = 5 * time.Second // in which to send what waits when the gateway stops
)

// A Sender posts changes of alerts to a webhook.
type Sender struct {
	URL       string
	Secret    string // of the signature; "": messages are not signed
	Transport http.RoundTripper
	Log       *slog.Logger
	// Claim reports whether no other gateway has claimed a key; see claimed. Nil: there is none.
	Claim func(key string) bool

	delivered, rejected, failed, dropped atomic.Int64

	mu   sync.Mutex
	held []live.AlertChange // to be sent
	came time.Time          // when the first of held came
	wake chan struct{}      // holds something if there is something to send
}

// Keep follows all syncs of a workspace and posts the changes of their alerts, until ctx ends.
func (s *Sender) Keep(ctx context.Context, client *upstream.Client, watchers *live.Watchers) {
	s.wake = make(chan struct{}, 1)
	var following sync.WaitGroup
	following.Go(func() {
		for ctx.Err() == nil {
			f := watchers.Follow(client, nil)
			s.follow(ctx, f, client.Tenant())
			f.Close()
			sleep(ctx, again)
		}
	})
	s.send(ctx)
	following.Wait()
}

// follow takes in changes until ctx or the watcher ends.
func (s *Sender) follow(ctx context.Context, f *live.Follower, tenant string) {
	for {
		c, err := f.NextAlert(ctx)
		if err != nil {
			return
		}
		if wanted(c) && s.claimed(c, tenant) {
			s.hold(c)
		}
	}
}

// wanted tells whether a change is to be sent, by the setting of its alert. Census itself sends the
// alerts that it reports.
func wanted(c live.AlertChange) bool {
	if c.After.Origin == alerts.CensusWebhook {
		return false
	}
	switch c.After.State {
	case alerts.Firing:
		return c.Before != alerts.Unknown || c.After.EveryTime // else it was sent before
	case alerts.Resolved:
		return c.After.Recovery
	}
	return false
}

// claimed tells whether this gateway is to send a change, and not another one that posts to the
// same URL and has found it too.
func (s *Sender) claimed(c live.AlertChange, tenant string) bool {
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

func (s *Sender) hold(c live.AlertChange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.held) == 0 {
		s.came = time.Now()
	}
	if s.held = append(s.held, c); len(s.held) > mostHeld {
		s.held = slices.Delete(s.held, 0, 1)
		s.dropped.Add(1)
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take takes what is held.
func (s *Sender) take() (changes []live.AlertChange, came time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes, s.held = s.held, nil
	return changes, s.came
}

// send sends what is held, one message after the other, until ctx ends and then what is left.
func (s *Sender) send(ctx context.Context) {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(farewell, end) })()
	var b batches
	for last := false; !last; {
		last = ctx.Err() != nil
		select {
		case <-s.wake:
			sleep(ctx, b.wait(time.Now()))
		case <-ctx.Done():
		}
		changes, came := s.take()
		if len(changes) == 0 {
			continue
		}
		for _, m := range b.split(changes, came, time.Now()) {
			s.post(ctx, life, bodyOf(m))
		}
	}
}

// Stats are how many messages were delivered, rejected by the receiver, and failed, and how many
// changes were dropped because too many waited.
func (s *Sender) Stats() (delivered, rejected, failed, dropped int64) {
	return s.delivered.Load(), s.rejected.Load(), s.failed.Load(), s.dropped.Load()
}
