package proof

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// The functions below compute fields of the schema from Census's data of a run.

func statusOf(r sim.Run) string {
	switch strings.ToLower(r.Status) {
	case "queued", "preparing", "new":
		return "QUEUED"
	case "working", "retrying":
		return "WORKING"
	case "completed", "failed", "skipped":
		return strings.ToUpper(r.Status)
	}
	return "UNKNOWN"
}

func isRunning(r sim.Run) bool { s := statusOf(r); return s == "QUEUED" || s == "WORKING" }
func isOver(r sim.Run) bool    { return r.Canceled || !r.CompletedAt.IsZero() }
func isDry(r sim.Run) bool     { return !r.NoReason && strings.EqualFold(r.Tag, "dry run") }

func outcomeOf(r sim.Run) string {
	switch status := statusOf(r); {
	case r.Canceled || strings.ToLower(r.Status) == "cancelled":
		return "CANCELED"
	case status == "COMPLETED" && (r.Counts.Failed > 0 || r.Counts.Invalids > 0):
		return "PARTIAL"
	case status == "COMPLETED":
		return "SUCCEEDED"
	case status == "FAILED" || status == "SKIPPED":
		return status
	case isRunning(r) && r.CompletedAt.IsZero():
		return "IN_PROGRESS"
	}
	return "UNKNOWN"
}

// succeeded and finished are defined as in docs/health.md.
func succeeded(r sim.Run) bool { o := outcomeOf(r); return o == "SUCCEEDED" || o == "PARTIAL" }
func finished(r sim.Run) bool  { return succeeded(r) || outcomeOf(r) == "FAILED" }

// kindOf returns the kind of error of a run: its code, else its message; "" if it has none.
func kindOf(r sim.Run) string {
	switch outcome := outcomeOf(r); {
	case outcome != "FAILED" && (outcome != "PARTIAL" || r.ErrorCode+r.ErrorMessage == ""):
		return ""
	case r.ErrorCode != "":
		return "code " + r.ErrorCode
	}
	return "message " + r.ErrorMessage
}

// byCreation compares runs by Census's order.
func byCreation(a, b sim.Run) int {
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

// A filter is a SyncRunFilter: its text, and its meaning.
type filter struct {
	text          string
	all           bool // no condition
	running       bool // it passes only runs in progress
	since, before time.Time
	pass          []func(sim.Run) bool
}

func (f filter) passes(r sim.Run) bool {
	return !slices.ContainsFunc(f.pass, func(pass func(sim.Run) bool) bool { return !pass(r) })
}

// of returns the runs that pass. Census skips a run that starts while another run of the sync is in
// progress, so the gateway does not look for runs in progress behind an executed and ended run that
// is not a dry run. Random worlds may contain such runs; this model leaves them out too.
func (f filter) of(runs []sim.Run) (passed []sim.Run) {
	newestEnded := map[int64]sim.Run{} // by sync
	for _, r := range runs {
		previous, known := newestEnded[r.SyncID]
		executed := (statusOf(r) == "COMPLETED" || statusOf(r) == "FAILED") && !isDry(r)
		if executed && (f.before.IsZero() || r.CreatedAt.Before(f.before)) && (!known || byCreation(r, previous) > 0) {
			newestEnded[r.SyncID] = r
		}
	}
	for _, r := range runs {
		if last, known := newestEnded[r.SyncID]; f.running && known && byCreation(r, last) < 0 {
			continue
		}
		if f.passes(r) {
			passed = append(passed, r)
		}
	}
	return passed
}

func (w *world) drawFilter() filter {
	t := w.T
	var f filter
	var parts []string
	add := func(part string, pass func(sim.Run) bool) {
		parts, f.pass = append(parts, part), append(f.pass, pass)
	}
	which := rapid.IntRange(0, 255).Draw(t, "filter") // one bit per part; half of the parts are rare
	more := rapid.IntRange(0, 31).Draw(t, "more of the filter")
	list := func(words []string) []string {
		return rapid.SliceOfN(rapid.SampledFrom(words), 0, 3).Draw(t, "words")
	}
	moment := func(name string) time.Time {
		minutes := rapid.SampledFrom([]int{-10, 0, 1, 60, 1000, 5000, 14_000}).Draw(t, name)
		return now.Add(-time.Duration(minutes)*time.Minute - time.Duration(rapid.IntRange(0, 59_999).Draw(t, name+" ms"))*time.Millisecond)
	}
	if which&3 == 1 {
		words := list([]string{"IN_PROGRESS", "SUCCEEDED", "PARTIAL", "FAILED", "SKIPPED", "CANCELED", "UNKNOWN"})
		f.running = len(words) > 0 && !slices.ContainsFunc(words, func(word string) bool { return word != "IN_PROGRESS" })
		add("outcomes: ["+strings.Join(words, " ")+"]", func(r sim.Run) bool { return slices.Contains(words, outcomeOf(r)) })
	}
	if which&15 == 10 {
		f.running = true
		add("outcomes: [IN_PROGRESS]", func(r sim.Run) bool { return outcomeOf(r) == "IN_PROGRESS" })
	}
	if which&12 == 4 {
		words := list([]string{"QUEUED", "WORKING", "COMPLETED", "FAILED", "SKIPPED", "UNKNOWN"})
		add("statuses: ["+strings.Join(words, " ")+"]", func(r sim.Run) bool { return slices.Contains(words, statusOf(r)) })
	}
	if which&16 != 0 {
		f.since = moment("since")
		add(fmt.Sprintf("createdSince: %q", f.since.Format(time.RFC3339Nano)), func(r sim.Run) bool { return !r.CreatedAt.Before(f.since) })
	}
	if which&96 == 32 {
		f.before = moment("before")
		if !f.since.IsZero() && !f.since.Before(f.before) {
			f.before = f.since.Add(time.Hour)
		}
		add(fmt.Sprintf("createdBefore: %q", f.before.Format(time.RFC3339Nano)), func(r sim.Run) bool { return r.CreatedAt.Before(f.before) })
	}
	switch which & 0x89 {
	case 0x80:
		yes := rapid.Bool().Draw(t, "yes")
		add(fmt.Sprintf("fullSync: %t", yes), func(r sim.Run) bool { return r.FullSync == yes })
	case 0x88:
		yes := rapid.Bool().Draw(t, "yes")
		add(fmt.Sprintf("dryRun: %t", yes), func(r sim.Run) bool { return isDry(r) == yes })
	case 0x81:
		words := list([]string{"AUTH", "COLUMN", "auth", "OTHER"})
		add(fmt.Sprintf("errorCodes: %q", words), func(r sim.Run) bool { return slices.Contains(words, r.ErrorCode) })
	}
	switch more {
	case 1:
		words := list([]string{"Manual", "Dry Run", "dry run"})
		add(fmt.Sprintf("triggerTags: %q", words), func(r sim.Run) bool { return !r.NoReason && slices.Contains(words, r.Tag) })
	case 2:
		least := rapid.SampledFrom([]float64{0, 0.95, 36.412, 100, 4000}).Draw(t, "least")
		add(fmt.Sprintf("minDurationSeconds: %v", least), func(r sim.Run) bool { return !r.CompletedAt.IsZero() && secondsOf(r) >= least })
	case 3:
		yes := rapid.Bool().Draw(t, "yes")
		add(fmt.Sprintf("recordsRejected: %t", yes), func(r sim.Run) bool { return (r.Counts.Failed > 0) == yes })
	case 4, 5, 6:
		kinds := rapid.SliceOfN(rapid.SampledFrom(append(slices.Sorted(maps.Keys(w.keys)), "")), 0, 2).Draw(t, "kinds")
		keys := []string{"0123456789abcdef"} // no group has this key
		for _, kind := range kinds {
			if kind != "" {
				keys = append(keys, w.keys[kind])
			}
		}
		add(fmt.Sprintf("errorGroups: %q", keys), func(r sim.Run) bool { return slices.Contains(kinds, kindOf(r)) && kindOf(r) != "" })
	case 7, 8, 9:
		since := moment("completed since")
		if more != 9 {
			add(fmt.Sprintf("completedSince: %q", since.Format(time.RFC3339Nano)), func(r sim.Run) bool {
				return !r.CompletedAt.Before(since) && !r.CreatedAt.Before(since.Add(-24*time.Hour))
			})
		}
		if more != 7 {
			before := since.Add(3 * time.Hour)
			add(fmt.Sprintf("completedBefore: %q", before.Format(time.RFC3339Nano)), func(r sim.Run) bool { return !r.CompletedAt.IsZero() && r.CompletedAt.Before(before) })
		}
	}
	f.text, f.all = "{"+strings.Join(parts, ", ")+"}", len(parts) == 0
	return f
}
