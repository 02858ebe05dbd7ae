package compare

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Runs is the result of comparing runs.
type Runs struct {
	Syncs       int // syncs with a newest page read on both versions
	Runs        int // finished runs that both versions returned
	Differences []string
	OnlyV1      []string // keys of runs that V2 does not return
	OnlyV2      []string // keys of runs that V1 does not return
}

const (
	runRows        = 25
	maxDifferences = 50
)

// shownKeys are the keys of a run that the gateway shows. V2 must return them too.
var shownKeys = []string{"id", "sync_id", "status", "created_at", "updated_at", "completed_at", "error_code", "error_message", "error_detail",
	"source_record_count", "source_record_updates", "source_record_deletes", "source_record_invalids", "records_invalid", "records_processed",
	"records_updated", "records_failed", "scheduled_execution_time", "canceled", "full_sync", "sync_trigger_reason"}

// compare reads the newest page of runs of some syncs on both versions. It returns V2's runs.
func (r *Runs) compare(ctx context.Context, opt Options, ids []string) (seen []record, err error) {
	only1, only2 := map[string]bool{}, map[string]bool{}
	for _, id := range ids[:min(opt.Syncs, len(ids))] {
		path := "/syncs/" + id + "/sync_runs"
		before, _, err1 := opt.V1.page(ctx, path, 1, runRows, "desc")
		after, _, err2 := opt.V2.page(ctx, path, 1, runRows, "desc")
		again, _, err3 := opt.V1.page(ctx, path, 1, runRows, "desc")
		if err := cmp.Or(err1, err3); err != nil {
			return nil, withVersion("V1", err)
		}
		if err2 != nil {
			r.differ("sync %s: %v", id, err2)
			continue
		}
		r.Syncs++
		seen = append(seen, after...)
		r.pages(id, before, after, again, only1, only2)
	}
	r.OnlyV1, r.OnlyV2 = slices.Sorted(maps.Keys(only1)), slices.Sorted(maps.Keys(only2))
	for _, key := range r.OnlyV1 {
		if slices.Contains(shownKeys, key) {
			r.differ("V2 does not return %s", key)
		}
	}
	return seen, nil
}

// pages compares two pages of one sync. The page in after was read later, so it may have new runs,
// and lack as many old ones. It skips runs in progress, and runs that changed before the first page
// was read again.
func (r *Runs) pages(sync string, before, after, again []record, only1, only2 map[string]bool) {
	later, unchanged := map[string]record{}, map[string]bool{}
	for _, run := range after {
		later[text(run["id"])] = run
	}
	for _, run := range before {
		unchanged[text(run["id"])] = slices.ContainsFunc(again, func(same record) bool { return reflect.DeepEqual(run, same) })
	}
	found := 0
	for _, run := range before {
		id := text(run["id"])
		other, both := later[id]
		if !both {
			continue
		}
		found++
		if run["completed_at"] == nil || !unchanged[id] {
			continue
		}
		r.Runs++
		for key, value := range run {
			switch counterpart, has := other[key]; {
			case !has:
				only1[key] = true
			case !reflect.DeepEqual(value, counterpart):
				r.differ("sync %s, run %s: %s differs (V1 %s, V2 %s)", sync, id, key, typeOf(value), typeOf(counterpart))
			}
		}
		for key := range other {
			if _, has := run[key]; !has {
				only2[key] = true
			}
		}
	}
	if lacking := len(before) - found; found == 0 && lacking > 0 {
		r.differ("sync %s: V2's page has none of its %d newest runs on V1", sync, lacking)
	} else if fresh := len(after) - found; lacking > fresh {
		r.differ("sync %s: V2's page lacks %d runs", sync, lacking-fresh)
	}
}

func (r *Runs) differ(format string, args ...any) {
	if len(r.Differences) < maxDifferences {
		r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
	}
}
