package stats

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

func TestFilterMatch(t *testing.T) {
	run := census.SyncRun{
		ID: 1, Status: census.StatusFailed, CreatedAt: march, FullSync: true, ErrorCode: ptr("AUTH"),
		SyncTriggerReason: &census.SyncTriggerReason{UITag: ptr("Dry Run")}, CompletedAt: march + 90_000, RecordsFailed: census.Count{N: 1, Known: true},
	}
	for name, test := range map[string]struct {
		filter Filter
		want   bool
	}{
		"no filter":              {Filter{}, true},
		"outcome":                {Filter{Outcomes: []census.SyncRunOutcome{census.OutcomePartial, census.OutcomeFailed}}, true},
		"other outcome":          {Filter{Outcomes: []census.SyncRunOutcome{census.OutcomePartial}}, false},
		"no outcome":             {Filter{Outcomes: []census.SyncRunOutcome{}}, false},
		"status":                 {Filter{Statuses: []census.SyncRunStatus{census.StatusFailed}}, true},
		"other status":           {Filter{Statuses: []census.SyncRunStatus{census.StatusWorking}}, false},
		"no status":              {Filter{Statuses: []census.SyncRunStatus{}}, false},
		"since its moment":       {Filter{CreatedSince: march}, true},
		"since later":            {Filter{CreatedSince: march + 1}, false},
		"before its moment":      {Filter{CreatedBefore: march}, false},
		"before later":           {Filter{CreatedBefore: march + 1}, true},
		"full":                   {Filter{FullSync: ptr(true)}, true},
		"not full":               {Filter{FullSync: ptr(false)}, false},
		"dry":                    {Filter{DryRun: ptr(true)}, true},
		"not dry":                {Filter{DryRun: ptr(false)}, false},
		"code":                   {Filter{ErrorCodes: []string{"TIMEOUT", "AUTH"}}, true},
		"other code":             {Filter{ErrorCodes: []string{"auth"}}, false},
		"no code":                {Filter{ErrorCodes: []string{}}, false},
		"tag":                    {Filter{TriggerTags: []string{"Manual", "Dry Run"}}, true},
		"tag in another case":    {Filter{TriggerTags: []string{"dry run"}}, false},
		"no tag":                 {Filter{TriggerTags: []string{}}, false},
		"so long":                {Filter{MinDurationSeconds: ptr(90.0)}, true},
		"not so long":            {Filter{MinDurationSeconds: ptr(90.001)}, false},
		"rejected":               {Filter{RecordsRejected: ptr(true)}, true},
		"not rejected":           {Filter{RecordsRejected: ptr(false)}, false},
		"its error":              {Filter{ErrorGroups: []string{publicKey("cAUTH")}}, true},
		"other error":            {Filter{ErrorGroups: []string{publicKey("cTIMEOUT")}}, false},
		"no error":               {Filter{ErrorGroups: []string{}}, false},
		"completed since then":   {Filter{CompletedSince: march + 90_000}, true},
		"completed since later":  {Filter{CompletedSince: march + 90_001}, false},
		"completed before then":  {Filter{CompletedBefore: march + 90_000}, false},
		"completed before later": {Filter{CompletedBefore: march + 90_001}, true},
		"completed in a window":  {Filter{CompletedSince: march, CompletedBefore: march + days}, true},
		"one part of two":        {Filter{FullSync: ptr(true), DryRun: ptr(false)}, false},
	} {
		if got := test.filter.Match(&run); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
		if err := test.filter.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	run.CompletedAt = march + days + 1
	if (&Filter{CompletedSince: march + days + 1}).Match(&run) {
		t.Error("a run of more than a day passes")
	}
	if !(&Filter{CompletedSince: march + days}).Match(&run) {
		t.Error("a run of a day does not pass")
	}
	run.CompletedAt, run.SyncTriggerReason, run.RecordsFailed = 0, nil, census.Count{}
	for _, f := range []Filter{{CompletedBefore: march + days}, {CompletedSince: march}, {TriggerTags: []string{""}}, {MinDurationSeconds: ptr(0.0)}, {RecordsRejected: ptr(true)}} {
		if f.Match(&run) {
			t.Errorf("%+v passes an empty run", f)
		}
	}
	run.ErrorCode = nil
	if (&Filter{ErrorCodes: []string{"AUTH"}}).Match(&run) {
		t.Error("a run without a code passes a list of codes")
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
		{Filter{CompletedSince: march, CompletedBefore: march}, "completedSince must be before completedBefore, got 2026-03-04T12:23:45.678Z"},
		{Filter{MinDurationSeconds: ptr(-1.5)}, "minDurationSeconds must be 0 or more, got -1.5"},
		{Filter{TriggerTags: make([]string, 101)}, "triggerTags must name at most 100 tags, got 101"},
		{Filter{ErrorGroups: []string{""}}, "errorGroups must not contain an empty key, got one at position 1"},
		{Filter{ErrorGroups: []string{"rest"}}, `errorGroups must be keys of SyncRunErrorGroup other than "rest", got "rest"`},
		{Filter{ErrorCodes: []string{"A", ""}}, "errorCodes must not contain an empty code, got one at position 2"},
	} {
		if err := test.filter.Check(); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// The shortcuts of a filter agree with Match for every run.
func TestLawFilterShortcuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maybe := rapid.SampledFrom([]*bool{nil, nil, ptr(true), ptr(false)})
		time := rapid.SampledFrom([]census.DateTime{0, 0, march, march + days})
		f := Filter{
			Outcomes:      rapid.SampledFrom([][]census.SyncRunOutcome{nil, nil, {}, {census.OutcomeFailed}}).Draw(t, "outcomes"),
			Statuses:      rapid.SampledFrom([][]census.SyncRunStatus{nil, nil, {}, {census.StatusFailed}}).Draw(t, "statuses"),
			ErrorCodes:    rapid.SampledFrom([][]string{nil, nil, {}, {"AUTH"}}).Draw(t, "codes"),
			CreatedSince:  time.Draw(t, "since"),
			CreatedBefore: time.Draw(t, "before"),
			FullSync:      maybe.Draw(t, "full"),
			DryRun:        maybe.Draw(t, "dry"),

			TriggerTags:        rapid.SampledFrom([][]string{nil, nil, nil, {}, {"Manual"}}).Draw(t, "tags"),
			ErrorGroups:        rapid.SampledFrom([][]string{nil, nil, nil, {}, {publicKey("cAUTH")}}).Draw(t, "errors"),
			RecordsRejected:    maybe.Draw(t, "rejected"),
			MinDurationSeconds: rapid.SampledFrom([]*float64{nil, nil, ptr(0.0), ptr(36.4)}).Draw(t, "long"),
			CompletedSince:     time.Draw(t, "completed since"),
			CompletedBefore:    time.Draw(t, "completed before"),
		}
		runs := rapid.SliceOfN(runFrom(march-days, 3*days), 1, 20).Draw(t, "runs")
		if f.MatchesNothing() && slices.ContainsFunc(runs, func(r census.SyncRun) bool { return f.Match(&r) }) {
			t.Fatalf("%+v passes a run, but MatchesNothing", f)
		}
		if f.MatchesEverything() && slices.ContainsFunc(runs, func(r census.SyncRun) bool { return !f.Match(&r) }) {
			t.Fatalf("%+v rejects a run, but MatchesEverything", f)
		}
		for _, r := range runs {
			if since, before := f.Since(), f.Before(); f.Match(&r) && (r.CreatedAt < since || before != 0 && r.CreatedAt >= before) {
				t.Fatalf("%+v passes a run not between Since and Before", f)
			}
		}
	})
}

// Only a run executed to its end ends the search for runs in progress. A dry run does not. No
// other filter ends a search.
func TestFilterEnds(t *testing.T) {
	dry := "dry run"
	running := Filter{Outcomes: []census.SyncRunOutcome{census.OutcomeInProgress}}
	for name, tt := range map[string]struct {
		run  census.SyncRun
		want bool
	}{
		"completed":              {census.SyncRun{Status: census.StatusCompleted}, true},
		"canceled, it ran":       {census.SyncRun{Status: census.StatusCompleted, Canceled: true}, true},
		"failed, without an end": {census.SyncRun{Status: census.StatusFailed}, true},
		"skipped":                {census.SyncRun{Status: census.StatusSkipped, CompletedAt: 7}, false},
		"skipped and canceled":   {census.SyncRun{Status: census.StatusSkipped, Canceled: true}, false},
		"queued":                 {census.SyncRun{Status: census.StatusQueued}, false},
		"canceled in the queue":  {census.SyncRun{Status: census.StatusQueued, Canceled: true, CompletedAt: 7}, false},
		"a dry run":              {census.SyncRun{Status: census.StatusCompleted, SyncTriggerReason: &census.SyncTriggerReason{UITag: &dry}}, false},
		"nobody knows":           {census.SyncRun{Status: census.StatusUnknown, CompletedAt: 7}, false},
	} {
		if got := running.StopsAt(&tt.run); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
		for _, other := range []Filter{{}, {Outcomes: []census.SyncRunOutcome{}}, {Outcomes: []census.SyncRunOutcome{census.OutcomeInProgress, census.OutcomeSkipped}},
			{Statuses: []census.SyncRunStatus{census.StatusWorking}}} {
			if other.StopsAt(&tt.run) {
				t.Errorf("%s ends the search of another filter", name)
			}
		}
	}
}
