package proof

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"census-gateway/upstream/sim"
)

// A version is the state of a sync and its runs during some time.
type version struct {
	from, to time.Time // to is zero for the current version
	sync     *sim.Sync // nil: the sync did not exist
	runs     []sim.Run
}

// A history changes a simulated Census and records all its versions.
type history struct {
	census *sim.Census

	mu          sync.Mutex
	random      *rand.Rand
	syncs       map[int64][]version
	runVersions map[int64][]sim.Run // all versions of each run, the latest last
	removedAt   map[int64]time.Time // when each removed run was removed
	prunesLeft  int                 // how often old runs may still be pruned; the gateway gives up reading a list that is pruned again and again
}

func newHistory(census *sim.Census, seed uint64) *history {
	h := &history{census: census, random: rand.New(rand.NewPCG(seed, 0)), syncs: map[int64][]version{}, runVersions: map[int64][]sim.Run{}, removedAt: map[int64]time.Time{}}
	for _, s := range census.Syncs() {
		h.record(s.ID)
	}
	return h
}

// record records the current version of a sync.
func (h *history) record(id int64) {
	at := time.Now()
	v := version{from: at, runs: h.census.Runs(id)}
	for _, s := range h.census.Syncs() {
		if s.ID == id {
			v.sync = &s
		}
	}
	exists := map[int64]bool{}
	for _, r := range v.runs {
		exists[r.ID] = true
		if was := h.runVersions[r.ID]; len(was) == 0 || was[len(was)-1] != r {
			h.runVersions[r.ID] = append(was, r)
		}
	}
	if n := len(h.syncs[id]); n > 0 {
		last := &h.syncs[id][n-1]
		last.to = at
		for _, r := range last.runs {
			if !exists[r.ID] {
				h.removedAt[r.ID] = at
			}
		}
	}
	h.syncs[id] = append(h.syncs[id], v)
}

// versionsBetween returns the versions of a sync between two times.
func (h *history) versionsBetween(id int64, from, to time.Time) (all []version) {
	for _, v := range h.syncs[id] {
		if !v.from.After(to) && (v.to.IsZero() || !v.to.Before(from)) {
			all = append(all, v)
		}
	}
	return all
}

// changeSomething makes one random change.
func (h *history) changeSomething() {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := time.Now().UTC().Truncate(time.Millisecond)
	syncs := h.census.Syncs()
	n := h.random.IntN
	if len(syncs) < 2 || n(60) == 0 {
		h.record(h.census.AddSync(sim.Sync{Label: fmt.Sprintf("new %d", n(5)), Frequency: "hourly", CreatedAt: at}))
		return
	}
	s := syncs[n(len(syncs))]
	runs := h.census.Runs(s.ID)
	defer h.record(s.ID)
	start := func(most int) {
		for range 1 + n(most) {
			h.census.AddRun(s.ID, sim.Run{CreatedAt: at, UpdatedAt: at, Status: []string{"queued", "working", "skipped"}[n(3)]})
		}
	}
	recent := runs[max(0, len(runs)-10):]
	switch n(16) {
	case 0, 1, 2:
		start(2)
	case 3:
		start(30)
	case 4:
		h.prune(s.ID, 1+n(3))
	case 5:
		if n(4) == 0 {
			h.prune(s.ID, 1+n(130))
		}
	case 6: // as if Census kept a fixed number of runs
		k := min(1+n(3), len(runs))
		h.prune(s.ID, k)
		for range k {
			start(1)
		}
	case 7:
		h.census.UpdateSync(s.ID, func(s *sim.Sync) {
			s.Label, s.NoLabel, s.UpdatedAt = fmt.Sprintf("name %d", n(100)), false, at
		})
	case 8:
		h.census.UpdateSync(s.ID, func(s *sim.Sync) { s.Paused, s.UpdatedAt = !s.Paused, at })
	case 9:
		if n(8) == 0 {
			h.census.RemoveSync(s.ID)
		}
	default:
		for _, r := range recent {
			mayUpdate := isRunning(r) && !isOver(r) && n(2) == 0 || isOver(r) && at.Sub(r.CompletedAt) < 4*time.Minute && n(4) == 0
			if !mayUpdate {
				continue
			}
			h.census.UpdateRun(r.ID, func(r *sim.Run) {
				r.UpdatedAt = at
				switch {
				case isOver(*r):
					r.Counts.Failed = int64(n(3))
				case n(2) == 0:
					r.Status, r.Counts.Processed = "working", int64(n(1000))
				case n(2) == 0:
					r.Status, r.CompletedAt, r.ErrorCode, r.ErrorMessage = "failed", at, "AUTH", "it broke"
				default:
					r.Status, r.CompletedAt = "completed", at
					r.Counts = sim.Counts{Source: 9, Updates: 9, Processed: 9, Updated: 9}
				}
			})
		}
	}
}

// prune removes old runs, if it may.
func (h *history) prune(id int64, n int) {
	if h.prunesLeft--; h.prunesLeft >= 0 {
		h.census.Prune(id, n)
	}
}

// setPrunes sets how often old runs may be pruned from now on.
func (h *history) setPrunes(cuts int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.prunesLeft = cuts
}

// addOrPruneRuns adds new runs to a sync, or prunes old ones.
func (h *history) addOrPruneRuns(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	defer h.record(id)
	if n := h.random.IntN; n(3) == 0 {
		h.prune(id, 1+n(20))
		return
	}
	at := time.Now().UTC().Truncate(time.Millisecond)
	for range 1 + h.random.IntN(30) {
		h.census.AddRun(id, sim.Run{CreatedAt: at, UpdatedAt: at, Status: "queued"})
	}
}

// find returns the version of a run that equals the given row.
func (h *history) find(want row) (sim.Run, bool) {
	for _, r := range slices.Backward(h.runVersions[want.DatabaseID]) {
		if rowOf(r) == want.key() {
			return r, true
		}
	}
	return sim.Run{}, false
}

// A row is a run in an answer.
type row struct {
	ID                              string
	DatabaseID                      int64 `json:"databaseId"`
	Status, Outcome                 string
	CreatedAt, UpdatedAt            time.Time
	CompletedAt                     *time.Time
	ErrorCode                       *string
	RecordsProcessed, RecordsFailed *int64
}

const rowFields = "{ id databaseId status outcome createdAt updatedAt completedAt errorCode recordsProcessed recordsFailed }"

func (r row) key() string {
	completed, code, processed, failed := "-", "", int64(-1), int64(-1)
	if r.CompletedAt != nil {
		completed = r.CompletedAt.UTC().Format(time.RFC3339Nano)
	}
	if r.ErrorCode != nil {
		code = *r.ErrorCode
	}
	if r.RecordsProcessed != nil {
		processed = *r.RecordsProcessed
	}
	if r.RecordsFailed != nil {
		failed = *r.RecordsFailed
	}
	return fmt.Sprint(r.DatabaseID, r.Status, r.Outcome, r.CreatedAt.UTC().Format(time.RFC3339Nano), r.UpdatedAt.UTC().Format(time.RFC3339Nano), completed, code, processed, failed)
}

func rowOf(r sim.Run) string {
	want := row{DatabaseID: r.ID, Status: statusOf(r), Outcome: outcomeOf(r), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, ErrorCode: &r.ErrorCode,
		RecordsProcessed: &r.Counts.Processed, RecordsFailed: &r.Counts.Failed}
	if !r.CompletedAt.IsZero() {
		want.CompletedAt = &r.CompletedAt
	}
	return want.key()
}
