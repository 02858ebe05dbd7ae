package stats

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"census-gateway/upstream"
)

func TestFilterMatch(t *testing.T) {
	run := upstream.SyncRun{
		ID: 1, Status: upstream.StatusFailed, CreatedAt: march, FullSync: true, ErrorCode: ptr("AUTH"),
		SyncTriggerReason: &upstream.SyncTriggerReason{UITag: ptr("Dry Run")},
	}
	for name, test := range map[string]struct {
		filter Filter
		want   bool
	}{
		"no filter":         {Filter{}, true},
		"outcome":           {Filter{Outcomes: []upstream.SyncRunOutcome{upstream.OutcomePartial, upstream.OutcomeFailed}}, true},
		"other outcome":     {Filter{Outcomes: []upstream.SyncRunOutcome{upstream.OutcomePartial}}, false},
		"no outcome":        {Filter{Outcomes: []upstream.SyncRunOutcome{}}, false},
		"status":            {Filter{Statuses: []upstream.SyncRunStatus{upstream.StatusFailed}}, true},
		"other status":      {Filter{Statuses: []upstream.SyncRunStatus{upstream.StatusWorking}}, false},
		"no status":         {Filter{Statuses: []upstream.SyncRunStatus{}}, false},
		"since its moment":  {Filter{CreatedSince: march}, true},
		"since later":       {Filter{CreatedSince: march + 1}, false},
		"before its moment": {Filter{CreatedBefore: march}, false},
		"before later":      {Filter{CreatedBefore: march + 1}, true},
		"full":              {Filter{FullSync: ptr(true)}, true},
		"not full":          {Filter{FullSync: ptr(false)}, false},
		"dry":               {Filter{DryRun: ptr(true)}, true},
		"not dry":           {Filter{DryRun: ptr(false)}, false},
		"code":              {Filter{ErrorCodes: []string{"TIMEOUT", "AUTH"}}, true},
		"other code":        {Filter{ErrorCodes: []string{"auth"}}, false},
		"no code":           {Filter{ErrorCodes: []string{}}, false},
		"one part of two":   {Filter{FullSync: ptr(true), DryRun: ptr(false)}, false},
	} {
		if got := test.filter.Match(&run); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
		if err := test.filter.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	run.ErrorCode = nil
	if (&Filter{ErrorCodes: []string{"AUTH"}}).Match(&run) {
		t.Error("a run without a code is in a list of codes")
	}
}

func TestFilterCheck(t *testing.T) {
	for _, test := range []struct {
		filter Filter
		want   string
	}{
		{Filter{CreatedSince: march, CreatedBefore: march}, "createdSince must be before createdBefore, got 2026-03-04T12:23:45.678Z and 2026-03-04T12:23:45.678Z"},
		{Filter{CreatedSince: march + 1, CreatedBefore: march}, "createdSince must be before createdBefore"},
		{Filter{ErrorCodes: make([]string, 101)}, "errorCodes must name at most 100 codes, got 101"},
		{Filter{ErrorCodes: []string{"A", ""}}, "errorCodes must not contain an empty code, found one at place 2"},
	} {
		if err := test.filter.Check(); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// What the shortcuts say of a filter holds for every run.
func TestLawFilterShortcuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maybe := rapid.SampledFrom([]*bool{nil, nil, ptr(true), ptr(false)})
		time := rapid.SampledFrom([]upstream.DateTime{0, 0, march, march + days})
		f := Filter{
			Outcomes:      rapid.SampledFrom([][]upstream.SyncRunOutcome{nil, nil, {}, {upstream.OutcomeFailed}}).Draw(t, "outcomes"),
			Statuses:      rapid.SampledFrom([][]upstream.SyncRunStatus{nil, nil, {}, {upstream.StatusFailed}}).Draw(t, "statuses"),
			ErrorCodes:    rapid.SampledFrom([][]string{nil, nil, {}, {"AUTH"}}).Draw(t, "codes"),
			CreatedSince:  time.Draw(t, "since"),
			CreatedBefore: time.Draw(t, "before"),
			FullSync:      maybe.Draw(t, "full"),
			DryRun:        maybe.Draw(t, "dry"),
		}
		runs := rapid.SliceOfN(runFrom(march-days, 3*days), 1, 20).Draw(t, "runs")
		if f.MatchesNothing() && slices.ContainsFunc(runs, func(r upstream.SyncRun) bool { return f.Match(&r) }) {
			t.Fatalf("%+v matches nothing, and yet", f)
		}
		if f.MatchesEverything() && slices.ContainsFunc(runs, func(r upstream.SyncRun) bool { return !f.Match(&r) }) {
			t.Fatalf("%+v matches everything, and yet", f)
		}
	})
}

// Only a run that was executed to its end, and was no dry run, ends the search for runs
// in progress, and only where nothing else passes.
func TestFilterEnds(t *testing.T) {
	dry := "dry run"
	running := Filter{Outcomes: []upstream.SyncRunOutcome{upstream.OutcomeInProgress}}
	for name, tt := range map[string]struct {
		run  upstream.SyncRun
		want bool
	}{
		"completed":              {upstream.SyncRun{Status: upstream.StatusCompleted}, true},
		"canceled, it ran":       {upstream.SyncRun{Status: upstream.StatusCompleted, Canceled: true}, true},
		"failed, without an end": {upstream.SyncRun{Status: upstream.StatusFailed}, true},
		"skipped":                {upstream.SyncRun{Status: upstream.StatusSkipped, CompletedAt: 7}, false},
		"skipped and canceled":   {upstream.SyncRun{Status: upstream.StatusSkipped, Canceled: true}, false},
		"queued":                 {upstream.SyncRun{Status: upstream.StatusQueued}, false},
		"canceled in the queue":  {upstream.SyncRun{Status: upstream.StatusQueued, Canceled: true, CompletedAt: 7}, false},
		"a dry run":              {upstream.SyncRun{Status: upstream.StatusCompleted, SyncTriggerReason: &upstream.SyncTriggerReason{UITag: &dry}}, false},
		"nobody knows":           {upstream.SyncRun{Status: upstream.StatusUnknown, CompletedAt: 7}, false},
	} {
		if got := running.Ends(&tt.run); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
		for _, other := range []Filter{{}, {Outcomes: []upstream.SyncRunOutcome{}}, {Outcomes: []upstream.SyncRunOutcome{upstream.OutcomeInProgress, upstream.OutcomeSkipped}},
			{Statuses: []upstream.SyncRunStatus{upstream.StatusWorking}}} {
			if other.Ends(&tt.run) {
				t.Errorf("%s ends a search for more", name)
			}
		}
	}
}
