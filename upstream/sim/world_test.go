package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSameSeedSameAnswers(t *testing.T) {
	a, _ := startAt(noon, Options{Seed: 3})
	b, _ := startAt(noon, Options{Seed: 3})
	other, _ := startAt(noon, Options{Seed: 4})
	differs := false
	for _, s := range a.Syncs() {
		for page := 1; page <= 40; page += 13 {
			path := fmt.Sprintf("/syncs/%d/sync_runs?per_page=50&page=%d", s.ID, page)
			_, x := get(t, a, path)
			_, y := get(t, b, path)
			_, z := get(t, other, path)
			if x != y {
				t.Fatalf("%s differs between two of a kind", path)
			}
			differs = differs || x != z
		}
	}
	if !differs {
		t.Error("the seed changes nothing")
	}
}

// A Census's answer depends on the time, not on earlier reads.
func TestReadsChangeNothing(t *testing.T) {
	watched, w1 := startAt(noon, Options{})
	left, w2 := startAt(noon, Options{})
	for range 60 {
		w1.advance(97 * time.Second)
		w2.advance(97 * time.Second)
		get(t, watched, "/syncs/52/sync_runs")
	}
	for _, s := range left.Syncs() {
		if a, b := left.Runs(s.ID), watched.Runs(s.ID); !slices.Equal(a, b) {
			t.Fatalf("sync %d (-left alone +watched):\n%s", s.ID, cmp.Diff(a, b))
		}
	}
}

// A workspace started at another hour is the same relative to its start.
func TestSameShapeFromEveryStart(t *testing.T) {
	a, _ := startAt(noon, Options{})
	later := 31*time.Hour + 11*24*time.Hour
	b, _ := startAt(noon.Add(later), Options{})
	for _, s := range a.Syncs() {
		x, y := a.Runs(s.ID), b.Runs(s.ID)
		if len(x) != len(y) {
			t.Fatalf("sync %d: %d runs, then %d", s.ID, len(x), len(y))
		}
		for i := range x {
			if !x[i].CreatedAt.Add(later).Equal(y[i].CreatedAt) || x[i].Status != y[i].Status || x[i].Counts != y[i].Counts || x[i].ID != y[i].ID {
				t.Fatalf("sync %d, run %d:\n%+v\n%+v", s.ID, i, x[i], y[i])
			}
		}
	}
}

func TestWorkspaceSize(t *testing.T) {
	c, _ := startAt(noon, Options{})
	var all []Run
	for _, s := range c.Syncs() {
		runs := c.Runs(s.ID)
		if !slices.IsSortedFunc(runs, func(a, b Run) int { return a.CreatedAt.Compare(b.CreatedAt) }) {
			t.Errorf("sync %d: not in order of creation", s.ID)
		}
		all = append(all, runs...)
	}
	if n := len(c.Syncs()); n != 48 {
		t.Errorf("%d syncs", n)
	}
	if n := len(all); n < 30_000 || n > 60_000 {
		t.Errorf("%d runs", n)
	}
	if n := len(c.Runs(52)); n < 3000 {
		t.Errorf("%d runs of sync 52", n)
	}
	slices.SortFunc(all, func(a, b Run) int { return int(a.ID - b.ID) })
	for i := 1; i < len(all); i++ {
		if all[i].ID == all[i-1].ID || all[i].CreatedAt.Before(all[i-1].CreatedAt) {
			t.Fatalf("ids do not rise with time: %+v, %+v", all[i-1], all[i])
		}
	}
	if all[0].ID <= 4e8 {
		t.Errorf("the first run is %d", all[0].ID)
	}
	for _, r := range all {
		if r.CreatedAt.After(noon) || r.CompletedAt.After(noon) || r.UpdatedAt.After(noon) {
			t.Fatalf("a run of the future: %+v", r)
		}
	}
}

// The workspace has every kind of run that a client must distinguish.
func TestWorkspaceVariety(t *testing.T) {
	c, _ := startAt(noon, Options{})
	kinds := map[string]func(r Run) bool{
		"completed clean": func(r Run) bool { return r.Status == "completed" && r.Counts.Failed == 0 && !r.Canceled },
		"completed with failed rows": func(r Run) bool {
			return r.Status == "completed" && r.Counts.Failed > 0 && r.ErrorCode == "" && !r.Canceled
		},
		"failed, nothing but an error": func(r Run) bool {
			return r.Status == "failed" && r.CompletedAt.IsZero() && r.Counts.Processed == Null && r.ErrorCode != "" && r.Step != ""
		},
		"failed with completed_at":  func(r Run) bool { return r.Status == "failed" && !r.CompletedAt.IsZero() && r.ErrorCode != "" },
		"skipped":                   func(r Run) bool { return r.Status == "skipped" },
		"queued":                    func(r Run) bool { return r.Status == "queued" && r.Step != "" },
		"working":                   func(r Run) bool { return r.Status == "working" && r.Step != "" },
		"stuck":                     func(r Run) bool { return r.Status == "working" && noon.Sub(r.CreatedAt) > 48*time.Hour },
		"canceled, completed":       func(r Run) bool { return r.Canceled && r.Status == "completed" },
		"canceled, failed":          func(r Run) bool { return r.Canceled && r.Status == "failed" },
		"dry run":                   func(r Run) bool { return r.Tag == "Dry Run" && r.FullSync && r.Counts.Updated > 0 },
		"forced full":               func(r Run) bool { return r.Tag == "Manual" && r.FullSync },
		"manual":                    func(r Run) bool { return r.Tag == "Manual" && strings.HasSuffix(r.Detail, "@example.com") },
		"by API":                    func(r Run) bool { return r.Tag == "API Request" && r.ScheduledAt.IsZero() },
		"scheduled, late":           func(r Run) bool { return r.CreatedAt.Sub(r.ScheduledAt) > time.Minute && !r.ScheduledAt.IsZero() },
		"no reason":                 func(r Run) bool { return r.NoReason },
		"unknown status":            func(r Run) bool { return r.Status == "awaiting_capacity" },
		"completed with error_code": func(r Run) bool { return r.Status == "completed" && r.ErrorCode != "" },
	}
	left := map[string]bool{}
	for name := range kinds {
		left[name] = true
	}
	codes, details := map[string]bool{}, map[string]bool{}
	for _, s := range c.Syncs() {
		for _, r := range c.Runs(s.ID) {
			for name := range left {
				if kinds[name](r) {
					delete(left, name)
				}
			}
			codes[r.ErrorCode], details[r.ErrorDetail] = true, true
			if r.Status == "completed" && r.Counts.Processed != r.Counts.Updated+r.Counts.Failed {
				t.Fatalf("counts do not add up: %+v", r)
			}
		}
	}
	if len(left) > 0 {
		t.Errorf("missing: %v", left)
	}
	if len(codes) < 7 || len(details) < 100 {
		t.Errorf("%d codes and %d details of failures", len(codes), len(details))
	}
}

func TestIncidents(t *testing.T) {
	c, _ := startAt(noon, Options{})
	syncs := map[int64]Sync{}
	unlabeled := 0
	for _, s := range c.Syncs() {
		syncs[s.ID] = s
		if s.Label == "" {
			unlabeled++
		}
	}
	if unlabeled == 0 {
		t.Error("every sync has a label")
	}
	if s := syncs[52]; s.Label != "Accounts → Salesforce" || s.Frequency != "hourly" {
		t.Errorf("sync 52 is %+v", s)
	}
	if runs := c.Runs(88); len(runs) > 0 || syncs[88].Status != "Ready" {
		t.Errorf("sync 88 ran %d times and is %s", len(runs), syncs[88].Status)
	}
	if last := newest(c, 46); !syncs[46].Paused || noon.Sub(last.CreatedAt) < 11*24*time.Hour {
		t.Errorf("sync 46: paused %t, last run at %s", syncs[46].Paused, last.CreatedAt)
	}
	if last := newest(c, 58); syncs[58].Paused || noon.Sub(last.CreatedAt) < 8*time.Hour {
		t.Errorf("sync 58 is not late: last run at %s", last.CreatedAt)
	}
	failing := c.Runs(60)
	for i, r := range failing[len(failing)-6:] {
		if (r.Status == "failed") != (i > 0) || i > 0 && r.ErrorCode != "DESTINATION_AUTH_EXPIRED" {
			t.Errorf("sync 60, run %d of the last six: %s %s", i, r.Status, r.ErrorCode)
		}
	}
	if syncs[60].Status != "Failing" {
		t.Errorf("sync 60 is %s", syncs[60].Status)
	}
	streak := 0
	for _, r := range slices.Backward(c.Runs(42)) {
		if r.Status != "skipped" {
			if r.Status != "working" {
				t.Errorf("before the skipped runs: %+v", r)
			}
			break
		}
		streak++
	}
	if streak < 70 {
		t.Errorf("sync 42 skipped %d times", streak)
	}
}

func newest(c *Census, sync int64) Run {
	runs := c.Runs(sync)
	return runs[len(runs)-1]
}
