package graph

import (
	"context"
	"slices"

	"census-gateway/graph/exec"
	"census-gateway/upstream/census"
)

// syncsWithIDs returns the syncs with the ids in the argument arg, without duplicates and records.
func syncsWithIDs(arg string, ids []string) ([]*Sync, error) {
	if len(ids) > maxSyncIDs {
		return nil, badInput("%s must name at most %d syncs, got %d", arg, maxSyncIDs, len(ids))
	}
	syncs := make([]*Sync, 0, len(ids))
	seen := make(map[census.SyncID]bool, len(ids))
	for _, id := range ids {
		n, err := parseSyncID(arg, id)
		if err != nil {
			return nil, err
		}
		if !seen[n] {
			seen[n] = true
			syncs = append(syncs, &Sync{ID: n})
		}
	}
	return syncs, nil
}

// sortedIDs returns the ids of syncs, sorted.
func sortedIDs(syncs []*Sync) []census.SyncID {
	ids := make([]census.SyncID, len(syncs))
	for i := range syncs {
		ids[i] = syncs[i].ID
	}
	slices.Sort(ids)
	return ids
}

// selectSyncs returns the syncs for a field of many syncs: those named, or all. If groups is not
// nil, only syncs of these groups.
func (l *loaders) selectSyncs(ctx context.Context, named []*Sync, groups []string) exec.Later[[]*Sync] {
	if named != nil && groups == nil {
		return exec.Value(named, nil)
	}
	if named != nil {
		got := make([]func(), len(named))
		for i, s := range named {
			got[i] = s.requestRecord(ctx)
		}
		return exec.Then(func() exec.Later[[]*Sync] {
			for _, record := range got {
				record()
			}
			return l.inGroups(named, groups)
		})
	}
	all := l.allSyncs.load(struct{}{})
	return exec.Then(func() exec.Later[[]*Sync] {
		rows, err := all.Get()
		if err != nil {
			return exec.Value[[]*Sync](nil, err)
		}
		return l.inGroups(l.syncsOfRecords(rows), groups)
	})
}

// syncsOfRecords returns the syncs of records from a list.
func (l *loaders) syncsOfRecords(rows []census.Sync) []*Sync {
	syncs := make([]*Sync, len(rows))
	for i := range rows {
		l.syncs.prime(rows[i].ID, &rows[i])
		syncs[i] = &Sync{ID: rows[i].ID, record: &rows[i]}
	}
	return syncs
}

// inGroups returns those of syncs that are in one of the groups with keys, or all if keys is nil.
// The records must have been read. A sync whose record failed is kept, so that its error is
// reported.
func (l *loaders) inGroups(syncs []*Sync, keys []string) exec.Later[[]*Sync] {
	if keys == nil {
		return exec.Value(syncs, nil)
	}
	records := make([]*census.Sync, len(syncs))
	for i, s := range syncs {
		records[i] = s.record
	}
	return exec.Bind(l.groupKeysOf(records), func(own []string) exec.Later[[]*Sync] {
		chosen := make([]*Sync, 0, len(syncs))
		for i, s := range syncs {
			if records[i] == nil || own[i] != "" && slices.Contains(keys, own[i]) {
				chosen = append(chosen, s)
			}
		}
		return exec.Value(chosen, nil)
	})
}
