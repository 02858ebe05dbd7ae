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

// readList reads the list of syncs, or takes the list that another gateway requested at told; zero:
// none did.
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

// fails ends the watcher if Census rejects its token.
func (w *Watcher) fails(err error) {
	var failed *calls.Error
	if errors.As(err, &failed) && failed.Kind == calls.Unauthenticated {
		w.up = false
		w.end(err)
	}
}

// readSync reads the newest runs of y, unless they were read after asked.
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

// read reads the runs of y that are newer than the known ones, and older ones that may still
// change. The first time, it also looks for the run that blocks skipped ones.
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
