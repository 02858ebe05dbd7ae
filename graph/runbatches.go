package graph

import (
	"slices"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// A syncBatch holds windows of the runs of one sync, and their indexes in a list of keys.
type syncBatch struct {
	sync    census.SyncID
	windows []paging.Window
	at      []int
}

// batchBySync groups keys by sync, in the order of the syncs' first keys.
func batchBySync(keys []runWindow) []syncBatch {
	batches := make([]syncBatch, 0, len(keys))
	index := make(map[census.SyncID]int, len(keys))
	counts := make([]int, len(keys)) // windows of each batch
	for _, k := range keys {
		n, ok := index[k.sync]
		if !ok {
			n = len(batches)
			index[k.sync], batches = n, append(batches, syncBatch{sync: k.sync})
		}
		counts[n]++
	}
	windows, at, from := make([]paging.Window, len(keys)), make([]int, len(keys)), 0
	for n := range batches {
		batches[n].windows, batches[n].at = windows[from:from:from+counts[n]], at[from:from:from+counts[n]]
		from += counts[n]
	}
	for i, k := range keys {
		b := &batches[index[k.sync]]
		b.windows, b.at = append(b.windows, k.window), append(b.at, i)
	}
	return batches
}

// copyKeptRuns copies the runs that are kept until the end of the operation, if they were read
// together with runs that are not. Otherwise they would keep all of these in memory.
func copyKeptRuns(keys []runWindow, at []int, answers []paging.Slice[census.SyncRun]) {
	if !slices.ContainsFunc(at, func(i int) bool { return keys[i].once }) {
		return
	}
	for n, i := range at {
		if !keys[i].once {
			answers[n].Rows = census.CloneRuns(answers[n].Rows)
		}
	}
}
