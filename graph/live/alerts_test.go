package live

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/graph/alerts"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// alertChanges collects the changes of alerts until ctx ends, each as a line of text.
func alertChanges(ctx context.Context, f *Follower) (changes []string) {
	for {
		c, err := f.NextAlert(ctx)
		if err != nil {
			return changes
		}
		text := fmt.Sprintf("%d %s %s", c.Sync.ID, c.After.Rule, c.After.State)
		if c.Again {
			text += " again"
		}
		changes = append(changes, text)
	}
}

// Alerts that fire at the start are not delivered. The beginning and the end of an alert are
// delivered once; with every_time, each further failed run is too.
func TestAlertChangesAreDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorkspace(0)
		end := func(id int64, status string) {
			w.AddRun(id, sim.Run{Status: status, UpdatedAt: time.Now(), CompletedAt: time.Now()})
		}
		every := `[{"id":1,"type":"FailureAlertConfiguration","send_for":"every_time"}]`
		first := `[{"id":1,"type":"FailureAlertConfiguration","send_for":"first_time","should_send_recovery":true}]`
		for _, s := range []sim.Sync{{Alerts: first}, {Alerts: every}, {Alerts: first}, {Alerts: first, Frequency: "hourly", Minute: 7}, {Alerts: first}} {
			if s.CreatedAt = time.Now(); s.Frequency == "" {
				s.Frequency = "never"
			}
			end(w.AddSync(s), "completed")
		}
		end(3, "failed")
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Hour)
		defer cancel()
		watchers := &Watchers{Calls: 600}
		f := watchers.Follow(w.client(5*time.Second), nil)
		time.Sleep(time.Minute)
		late := watchers.Follow(w.client(5*time.Second), []census.SyncID{2, 3}) // a later follower does not receive alerts that fire already
		go func() {
			time.Sleep(20 * time.Minute)
			end(1, "failed")
			end(2, "failed")
			end(3, "failed")
			end(4, "completed")
			end(5, "failed")
			time.Sleep(20 * time.Minute)
			end(1, "failed")
			end(2, "failed")
			end(3, "completed")
			w.RemoveSync(5)
			time.Sleep(20 * time.Minute)
			end(1, "completed")
			end(2, "completed")
			time.Sleep(2 * time.Hour)
			end(4, "completed")
		}()
		var gotLater []string
		var laterDone = make(chan bool)
		go func() {
			gotLater = alertChanges(ctx, late)
			close(laterDone)
		}()
		got := alertChanges(ctx, f)
		<-laterDone
		f.Close()
		late.Close()
		want := []string{"1 FAILED_RUN FIRING", "1 FAILED_RUN RESOLVED", "2 FAILED_RUN FIRING", "2 FAILED_RUN FIRING again", "2 FAILED_RUN RESOLVED",
			"3 FAILED_RUN RESOLVED", "4 LATE FIRING", "4 LATE RESOLVED", "5 FAILED_RUN FIRING", "5 FAILED_RUN RESOLVED"}
		slices.SortStableFunc(got, func(a, b string) int { return strings.Compare(a[:1], b[:1]) })
		if !slices.Equal(got, want) {
			t.Errorf("changes %q, want %q", got, want)
		}
		slices.SortStableFunc(gotLater, func(a, b string) int { return strings.Compare(a[:1], b[:1]) })
		if want := want[2:6]; !slices.Equal(gotLater, want) {
			t.Errorf("later follower: changes %q, want %q", gotLater, want)
		}
	})
}

// While Census does not answer, no alert begins or ends.
func TestOutageChangesNoAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorkspace(0)
		for i := range 6 {
			id := w.AddSync(sim.Sync{Frequency: "hourly", Minute: i, CreatedAt: time.Now()})
			w.AddRun(id, sim.Run{Status: map[bool]string{true: "failed", false: "completed"}[i == 0], UpdatedAt: time.Now(), CompletedAt: time.Now()})
		}
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Hour)
		defer cancel()
		f := (&Watchers{Calls: 600}).Follow(w.client(5*time.Second), nil)
		go func() {
			time.Sleep(5 * time.Minute)
			heal := w.Inject(sim.Fault{Do: sim.Status(503, "text/plain", "no")})
			time.Sleep(5 * time.Hour)
			for _, s := range w.Syncs() {
				w.AddRun(s.ID, sim.Run{UpdatedAt: time.Now(), CompletedAt: time.Now()})
			}
			heal()
			time.Sleep(time.Hour)
			cancel()
		}()
		got := alertChanges(ctx, f)
		f.Close()
		if want := []string{"1 FAILED_RUN RESOLVED"}; !slices.Equal(got, want) {
			t.Errorf("changes %q, want %q", got, want)
		}
	})
}

// A follower that receives all changes since the start knows which alerts fire, after any history.
func TestLawAlertChangesMatchState(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const syncs = 3
		steps := anySteps(rt, syncs)
		fail := rapid.SliceOfN(rapid.Bool(), len(steps), len(steps)).Draw(rt, "failures")
		bubble(t, rt, func() error {
			w := newWorkspace(syncs)
			watchers, began := &Watchers{Calls: 600}, time.Now()
			f := watchers.Follow(w.client(5*time.Second), nil)
			defer f.Close()
			time.Sleep(time.Second)
			firing, last := make(map[string]bool), make(map[string]alerts.State)
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error, 1)
			defer cancel()
			go func() {
				for {
					c, err := f.NextAlert(ctx)
					if err != nil {
						done <- nil
						return
					}
					if last[c.After.ID] == c.After.State && !c.Again {
						done <- fmt.Errorf("%s is %s again, without a change", c.After.ID, c.After.State)
						return
					}
					last[c.After.ID], firing[c.After.ID] = c.After.State, c.After.State == alerts.Firing
				}
			}()
			for i, s := range steps {
				time.Sleep(s.after)
				if w.apply(s); fail[i] && s.action > 3 {
					for _, r := range w.Runs(w.ids[s.sync]) {
						w.UpdateRun(r.ID, func(r *sim.Run) {
							if r.Status == "completed" && r.UpdatedAt.Equal(time.Now()) {
								r.Status = "failed"
							}
						})
					}
				}
			}
			time.Sleep(20 * time.Minute) // idleEvery, and some time
			at := time.Now()
			synctest.Wait()
			cancel()
			if err := <-done; err != nil {
				return err
			}
			client := w.client(5 * time.Second)
			records, err := client.AllSyncs(context.Background())
			if err != nil {
				return err
			}
			for i := range records {
				answer, err := client.Runs(context.Background(), records[i].ID, paging.Window{Limit: 25})
				if err != nil {
					return err
				}
				runs := slices.Clone(answer[0].Rows)
				slices.Reverse(runs)
				of := func(now time.Time) map[string]bool {
					fires := make(map[string]bool)
					for _, a := range alerts.Of(&records[i], runs, answer[0].First > 0, now) {
						fires[a.ID] = a.State == alerts.Firing
					}
					return fires
				}
				for id, fires := range of(began) { // an alert that a sync is late, firing at the start, is not delivered
					if _, known := firing[id]; fires && !known && strings.Contains(id, string(alerts.Late)) {
						firing[id] = true
					}
				}
				before, now := of(at.Add(-evaluateEvery-time.Second)), of(at)
				for id := range firing {
					if ofThisSync := strings.HasPrefix(id, fmt.Sprintf("SyncAlert:%d:", records[i].ID)); ofThisSync && !now[id] {
						now[id] = false
					}
				}
				for id, fires := range now { // a change by the passing of time is delivered a little later
					if fires == before[id] && firing[id] != fires {
						return fmt.Errorf("%s fires: %t, delivered: %t", id, fires, firing[id])
					}
				}
			}
			return nil
		})
	})
}
