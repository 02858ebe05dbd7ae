package live

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// readList reads the list of syncs. If peerRead is not zero, another gateway requested the list at
// that time, and it is in the shared cache.
func (w *Watcher) readList(ctx context.Context, now, peerRead time.Time) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	requested := now
	if !peerRead.IsZero() {
		requested = peerRead
	}
	var made atomic.Int64
	all, err := w.client.FreshSince(requested, w.countCalls(w.budget.take, &made)).AllSyncs(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wakeUp()
	w.listing, w.listTried, w.listOK = false, now, err == nil
	w.listDelay = peerDelay(w.publishToPeers != nil && made.Load() == 0)
	if err != nil {
		w.stopIfUnauthenticated(err)
		return
	}
	w.listRead, w.lastAnswer = requested, later(w.lastAnswer, requested)
	if made.Load() > 0 {
		w.publish(PeerMessage{Asked: requested})
	}
	exists := make(map[census.SyncID]bool, len(all))
	for i := range all {
		record := &all[i]
		exists[record.ID] = true
		s := w.syncs[record.ID]
		switch {
		case s == nil:
			s = &watchedSync{next: requested}
			w.syncs[record.ID] = s
		case recordChanged(s.record, record):
			s.hint(requested)
		}
		s.record = record
	}
	maps.DeleteFunc(w.syncs, func(id census.SyncID, s *watchedSync) bool {
		if !exists[id] && len(s.alerts) > 0 {
			w.invalidate(requested, id)
			w.alerts.put(s.resolveMissing(s.alerts, nil, "The sync no longer exists in Census.", requested)...)
		}
		return !exists[id]
	})
}

// stopIfUnauthenticated ends the watcher if Census rejected its token.
func (w *Watcher) stopIfUnauthenticated(err error) {
	var failed *calls.Error
	if errors.As(err, &failed) && failed.Kind == calls.Unauthenticated {
		w.listOK = false
		w.end(err)
	}
}

// readSync reads the newest runs of s, unless they were read after requested.
func (w *Watcher) readSync(ctx context.Context, s *watchedSync, requested time.Time, permit calls.Permit) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var made atomic.Int64
	rows, older, more, err := w.read(ctx, s, requested, w.countCalls(permit, &made))
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wakeUp()
	w.reading--
	now := time.Now()
	s.reading = false
	if err != nil {
		s.failedReads++
		w.stopIfUnauthenticated(err)
	} else {
		s.failedReads, w.lastAnswer = 0, later(w.lastAnswer, requested)
		changes := s.update(rows, older, more, requested, w.began.Add(-clockLag))
		if made.Load() > 0 {
			w.publishRead(s, len(changes) > 0)
		}
		if len(changes) > 0 {
			s.changed = requested
			since, ids := requested, make([]census.SyncRunID, len(changes))
			for i, c := range changes {
				if ids[i] = c.Run.ID; older[c.Run.ID] != nil {
					since = now.Add(1) // it was read after the list, and may have changed in between
				}
			}
			w.invalidate(since, s.record.ID, ids...)
			w.runs.put(changes...)
		}
		w.evaluate(s, now)
	}
	s.plan(now, w.fewFollowersOf[s.record.ID] > 0)
}

// read reads the runs of s that are newer than the known ones, and older runs that may still
// change. The first time, it also looks for the run that blocks skipped runs.
func (w *Watcher) read(ctx context.Context, s *watchedSync, requested time.Time, permit calls.Permit) (rows []census.SyncRun, older map[census.SyncRunID]*census.SyncRun, more bool, err error) {
	w.mu.Lock()
	id, window, first := s.record.ID, s.window(), s.requested.IsZero()
	w.mu.Unlock()
	client := w.client.FreshSince(requested, permit)
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
	missing := s.missingUnsettled(rows, requested)
	w.mu.Unlock()
	older = make(map[census.SyncRunID]*census.SyncRun)
	for _, id := range missing {
		run, err := client.Run(ctx, id)
		var failed *calls.Error
		switch {
		case err == nil:
			older[id] = run
		case !errors.As(err, &failed) || failed.Kind != calls.NotFound:
			return nil, nil, false, err
		}
	}
	return rows, older, more, nil
}
