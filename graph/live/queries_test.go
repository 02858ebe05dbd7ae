package live

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// When a follower receives a change, queries show it, in the list and by id. This holds although
// earlier reads stay fresh for an hour, other queries run all the time, and Census answers late.
func TestLawQueriesShowDeliveredChanges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const syncs = 2
		steps := anySteps(rt, syncs)
		late := time.Duration(rapid.IntRange(0, 3000).Draw(rt, "late")) * time.Millisecond
		every := time.Duration(rapid.IntRange(2000, 30_000).Draw(rt, "every")) * time.Millisecond
		bubble(t, rt, func() (failure error) {
			w := newWorkspace(syncs)
			w.Inject(sim.Fault{Do: func(out http.ResponseWriter, r *http.Request, honest http.Handler) {
				answer := httptest.NewRecorder()
				honest.ServeHTTP(answer, r)
				time.Sleep(late)
				maps.Copy(out.Header(), answer.Header())
				out.WriteHeader(answer.Code)
				out.Write(answer.Body.Bytes())
			}})
			client := w.client(time.Hour)
			f := (&Watchers{Calls: 600}).Follow(client, []census.SyncID{census.SyncID(w.ids[0]), census.SyncID(w.ids[1])})
			ctx, cancel := context.WithCancel(context.Background())
			query := func(id census.SyncID, run census.SyncRunID) (list, one census.DateTime, err error) {
				answers, err := client.Runs(ctx, id, paging.Window{Limit: 1000})
				if err != nil {
					return 0, 0, err
				}
				for _, r := range answers[0].Rows {
					if r.ID == run {
						list = r.UpdatedAt
					}
				}
				single, err := client.Run(ctx, run)
				if err != nil {
					return 0, 0, err
				}
				return list, single.UpdatedAt, nil
			}
			var done sync.WaitGroup
			done.Go(func() {
				for {
					c, _, err := f.NextRun(ctx)
					if err != nil {
						return
					}
					list, one, err := query(c.Run.SyncID, c.Run.ID)
					if ctx.Err() == nil && (err != nil || list < c.Run.UpdatedAt || one < c.Run.UpdatedAt) {
						failure = fmt.Errorf("run %d was updated at %s, but the list has %s and the run has %s (%v)", c.Run.ID, c.Run.UpdatedAt, list, one, err)
					}
				}
			})
			done.Go(func() {
				time.Sleep(time.Nanosecond) // never at the same instant as a change
				for ctx.Err() == nil {
					for _, id := range w.ids {
						if run := w.newest(id); run != 0 {
							query(census.SyncID(id), census.SyncRunID(run))
						}
					}
					time.Sleep(every)
				}
			})
			for _, s := range steps {
				time.Sleep(s.after)
				w.apply(s)
			}
			time.Sleep(2 * time.Minute)
			cancel()
			f.Close()
			done.Wait()
			time.Sleep(time.Minute)
			return failure
		})
	})
}
