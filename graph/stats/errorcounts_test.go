package stats

import (
	"fmt"
	"strings"
	"testing"

	"census-gateway/upstream/census"
)

func failedRun(id int64, code string) *census.SyncRun {
	return &census.SyncRun{ID: census.SyncRunID(id), Status: census.StatusFailed, CreatedAt: march + census.DateTime(id), ErrorCode: &code}
}

func TestErrorsCountFailures(t *testing.T) {
	d := new(Digest)
	message := ptr("Gave up after 17 ms")
	for i, r := range []census.SyncRun{
		{Status: census.StatusFailed},
		{Status: census.StatusFailed, ErrorMessage: message},
		{Status: census.StatusFailed, ErrorDetail: ptr("gave up after 9 ms")},
		{Status: census.StatusFailed, ErrorCode: ptr("AUTH"), ErrorMessage: message},
		{Status: census.StatusCompleted, ErrorCode: ptr("AUTH")}, // clean run with an old error
		{Status: census.StatusCompleted, ErrorCode: ptr("AUTH"), Canceled: true},
		{Status: census.StatusCompleted, ErrorCode: ptr("FIELD"), RecordsFailed: census.Count{N: 3, Known: true}},
		{Status: census.StatusCompleted, RecordsFailed: census.Count{N: 3, Known: true}},
		{Status: census.StatusSkipped, ErrorMessage: message},
	} {
		r.ID, r.CreatedAt = census.SyncRunID(i+1), march+census.DateTime(i)
		d.Add(&r)
	}
	var got []string
	for _, g := range d.Errors(0) {
		code := "-"
		if g.Code != nil {
			code = *g.Code
		}
		got = append(got, fmt.Sprintf("%d %s latest %d", g.Count, code, g.LatestRun.ID))
	}
	want := []string{"2 - latest 3", "1 FIELD latest 7", "1 AUTH latest 4", "1 - latest 1"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if two := d.Errors(2); len(two) != 2 || two[1].LatestRun.ID != 7 {
		t.Errorf("the first two: %+v", two)
	}
}

// A Digest of many kinds keeps few groups, among them the frequent ones. The counts still add up
// to all errors.
func TestErrorsAreBounded(t *testing.T) {
	one, parts := new(Digest), [3]*Digest{new(Digest), new(Digest), new(Digest)}
	total := 0
	add := func(code string) {
		total++
		r := failedRun(int64(total), code)
		one.Add(r)
		parts[total%3].Add(r)
	}
	for i := range 20_000 {
		add(fmt.Sprintf("RARE_%d", i))
		add(fmt.Sprintf("OFTEN_%d", i%50))
	}
	parts[0].Merge(parts[1])
	parts[0].Merge(parts[2])
	for name, d := range map[string]*Digest{"one": one, "parts": parts[0]} {
		groups := d.Errors(0)
		if len(groups) > exactGroups+1 || d.size() > 1_000_000 {
			t.Errorf("%s: %d groups, %d bytes", name, len(groups), d.size())
		}
		sum := 0
		for i, g := range groups {
			sum += g.Count
			if i < 50 && (!strings.HasPrefix(*g.Code, "OFTEN") || g.Count != 400) {
				t.Errorf("%s: group %d is %s with %d", name, i, *g.Code, g.Count)
			}
		}
		if last := groups[len(groups)-1]; last.Code != nil || last.LatestRun == nil || sum != total {
			t.Errorf("%s: the last group is %+v; %d of %d errors", name, last, sum, total)
		}
	}
}

func TestUpToTheLimitGroupsAreExact(t *testing.T) {
	one, a, b := new(Digest), new(Digest), new(Digest)
	for i := range int64(5 * exactGroups) {
		r := failedRun(i+1, fmt.Sprintf("CODE_%d", i%exactGroups))
		one.Add(r)
		if i%7 < 3 {
			a.Add(r)
		} else {
			b.Add(r)
		}
	}
	a.Merge(b)
	x, y := one.Errors(0), a.Errors(0)
	if len(x) != exactGroups || len(y) != exactGroups {
		t.Fatalf("%d and %d groups", len(x), len(y))
	}
	for i := range x {
		if *x[i].Code != *y[i].Code || x[i].Count != 5 || y[i].Count != 5 || x[i].LatestRun.ID != y[i].LatestRun.ID {
			t.Errorf("group %d: %+v and %+v", i, x[i], y[i])
		}
	}
}

// A stored run shares no memory with its page.
func TestLatestRunIsACopy(t *testing.T) {
	tag := "Manual"
	r := failedRun(1, "AUTH")
	r.ErrorMessage, r.SyncTriggerReason = ptr("expired"), &census.SyncTriggerReason{UITag: &tag}
	d := new(Digest)
	d.Add(r)
	*r.ErrorCode, *r.ErrorMessage, tag, r.ID = "x", "x", "x", 9
	got := d.Errors(0)[0]
	if *got.Code != "AUTH" || *got.LatestRun.ErrorMessage != "expired" || *got.LatestRun.SyncTriggerReason.UITag != "Manual" || got.LatestRun.ID != 1 {
		t.Errorf("%+v", got)
	}
}
