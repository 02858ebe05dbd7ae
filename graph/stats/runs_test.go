package stats

import (
	"strings"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

func ptr[T any](v T) *T { return &v }

func dateTime(text string) census.DateTime {
	t, ok := census.ParseDateTime(text)
	if !ok {
		panic("not a time: " + text)
	}
	return t
}

var march = dateTime("2026-03-04T12:23:45.678Z")

// days is the number of milliseconds in a day.
const days = census.DateTime(24 * time.Hour / time.Millisecond)

// runFrom draws a run created within the span that begins at since. It may lack any value that
// Census may leave null. Values whose equality matters have little variety.
func runFrom(since, span census.DateTime) *rapid.Generator[census.SyncRun] {
	return rapid.Custom(func(t *rapid.T) census.SyncRun {
		r := census.SyncRun{
			ID:        census.SyncRunID(rapid.Int64Range(1, 1<<40).Draw(t, "id")),
			SyncID:    census.SyncID(rapid.Int64Range(50, 53).Draw(t, "sync")),
			CreatedAt: since + census.DateTime(rapid.Int64Range(0, int64(span)-1).Draw(t, "created")),
			RawStatus: rapid.SampledFrom([]string{"completed", "completed", "completed", "failed", "failed", "skipped", "working", "awaiting"}).Draw(t, "status"),
			FullSync:  rapid.Bool().Draw(t, "full"),
			Canceled:  rapid.IntRange(0, 9).Draw(t, "canceled") == 0,
		}
		r.Status = census.SyncRunStatus(strings.ToUpper(r.RawStatus))
		if r.RawStatus == "awaiting" {
			r.Status = census.StatusUnknown
		}
		if rapid.IntRange(0, 5).Draw(t, "open") > 0 && r.RawStatus != "working" {
			ms := rapid.SampledFrom([]int64{0, 1, 17, 950, 36_412, 53_000, 240_111, 3_600_000, 9_999_999_999}).Draw(t, "took")
			r.CompletedAt = r.CreatedAt + census.DateTime(ms+rapid.Int64Range(0, 999).Draw(t, "ms"))
		}
		count := rapid.Custom(func(t *rapid.T) census.Count {
			n := rapid.SampledFrom([]int64{-1, 0, 0, 0, 1, 48, 1_200_000, 1 << 61}).Draw(t, "n")
			return census.Count{N: max(n, 0), Known: n >= 0}
		})
		r.RecordsProcessed, r.RecordsUpdated = count.Draw(t, "processed"), count.Draw(t, "updated")
		r.RecordsFailed, r.RecordsInvalid = count.Draw(t, "failed"), count.Draw(t, "invalid")
		r.SourceRecordInvalids = count.Draw(t, "source invalid")
		if rapid.Bool().Draw(t, "error") {
			r.ErrorCode = rapid.SampledFrom([]*string{nil, nil, ptr(""), ptr("AUTH"), ptr("TIMEOUT")}).Draw(t, "code")
			r.ErrorMessage = rapid.SampledFrom([]*string{nil, ptr("Gave up after 17 ms"), ptr("gave up after 1,017 ms"), ptr(`No column "a"`)}).Draw(t, "message")
		}
		if tag := rapid.SampledFrom([]string{"", "Schedule", "Manual", "Dry Run", "dry run"}).Draw(t, "tag"); tag != "" {
			r.SyncTriggerReason = &census.SyncTriggerReason{UITag: &tag}
		}
		return r
	})
}

// splitDigests divides runs into parts, in random order, and merges their Digests pairwise in
// random order.
func splitDigests(t *rapid.T, runs []census.SyncRun) *Digest {
	shuffled := rapid.Permutation(runs).Draw(t, "order")
	parts := make([]*Digest, rapid.IntRange(1, 6).Draw(t, "parts"))
	for i := range parts {
		parts[i] = new(Digest)
	}
	for i := range shuffled {
		parts[rapid.IntRange(0, len(parts)-1).Draw(t, "part")].Add(&shuffled[i])
	}
	for len(parts) > 1 {
		i := rapid.IntRange(1, len(parts)-1).Draw(t, "merged")
		j := rapid.IntRange(0, i-1).Draw(t, "into")
		parts[j].Merge(parts[i])
		parts = append(parts[:i], parts[i+1:]...)
	}
	return parts[0]
}

func digestOf(runs []census.SyncRun) *Digest {
	d := new(Digest)
	for i := range runs {
		d.Add(&runs[i])
	}
	return d
}
