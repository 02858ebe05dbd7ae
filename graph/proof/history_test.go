package proof

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"census-gateway/upstream/sim"
)

// A version is how a sync and its runs were for some time.
type version struct {
	from, to time.Time // to is zero while it is so
	sync     *sim.Sync // nil: there was none
	runs     []sim.Run
}

// A history is a Census that changes, and all it ever was.
type history struct {
	census *sim.Census

	mu     sync.Mutex
	chance *rand.Rand
	syncs  map[int64][]version
	rows   map[int64][]sim.Run // each run as it was, the latest last
	ended  map[int64]time.Time // when runs were removed
	cuts   int                 // how often they still may be: a list that is shortened again and again while it is read is given up
}

func newHistory(census *sim.Census, seed uint64) *history {
	h := &history{census: census, chance: rand.New(rand.NewPCG(seed, 0)), syncs: map[int64][]version{}, rows: map[int64][]sim.Run{}, ended: map[int64]time.Time{}}
	for _, s := range census.Syncs() {
		h.note(s.ID)
	}
	return h
}

// note takes down how a sync is by now.
func (h *history) note(id int64) {
	at := time.Now()
	v := version{from: at, runs: h.census.Runs(id)}
	for _, s := range h.census.Syncs() {
		if s.ID == id {
			v.sync = &s
		}
	}
	there := map[int64]bool{}
	for _, r := range v.runs {
		there[r.ID] = true
		if was := h.rows[r.ID]; len(was) == 0 || was[len(was)-1] != r {
			h.rows[r.ID] = append(was, r)
		}
	}
	if n := len(h.syncs[id]); n > 0 {
		last := &h.syncs[id][n-1]
		last.to = at
		for _, r := range last.runs {
			if !there[r.ID] {
				h.ended[r.ID] = at
			}
		}
	}
	h.syncs[id] = append(h.syncs[id], v)
}

// during are the ways a sync was from one moment to another.
func (h *history) during(id int64, from, to time.Time) (all []version) {
	for _, v := range h.syncs[id] {
		if !v.from.After(to) && (v.to.IsZero() || !v.to.Before(from)) {
			all = append(all, v)
		}
	}
	return all
}

// happen changes something.
func (h *history) happen() {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := time.Now().UTC().Truncate(time.Millisecond)
	syncs := h.census.Syncs()
	n := h.chance.IntN
	if len(syncs) < 2 || n(60) == 0 {
		h.note(h.census.AddSync(sim.Sync{Label: fmt.Sprintf("new %d", n(5)), Frequency: "hourly", CreatedAt: at}))
		return
	}
	s := syncs[n(len(syncs))]
	runs := h.census.Runs(s.ID)
	defer h.note(s.ID)
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
	case 6: // as Census would that keeps so many
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
			fits := isRunning(r) && !isOver(r) && n(2) == 0 || isOver(r) && at.Sub(r.CompletedAt) < 4*time.Minute && n(4) == 0
			if !fits {
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

// prune has old runs go.
func (h *history) prune(id int64, n int) {
	if h.cuts--; h.cuts >= 0 {
		h.census.Prune(id, n)
	}
}

// allow sets how often old runs may go from now on.
func (h *history) allow(cuts int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cuts = cuts
}

// comeAndGo has new runs come to a sync, or old ones go.
func (h *history) comeAndGo(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	defer h.note(id)
	if n := h.chance.IntN; n(3) == 0 {
		h.prune(id, 1+n(20))
		return
	}
	at := time.Now().UTC().Truncate(time.Millisecond)
	for range 1 + h.chance.IntN(30) {
		h.census.AddRun(id, sim.Run{CreatedAt: at, UpdatedAt: at, Status: "queued"})
	}
}

// asTold is the run as it was when it looked so.
func (h *history) asTold(told row) (sim.Run, bool) {
	for _, r := range slices.Backward(h.rows[told.DatabaseID]) {
		if rowOf(r) == told.flat() {
			return r, true
		}
	}
	return sim.Run{}, false
}

// A row is a run as it is answered.
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

func (r row) flat() string {
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
	told := row{DatabaseID: r.ID, Status: statusOf(r), Outcome: outcomeOf(r), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, ErrorCode: &r.ErrorCode,
		RecordsProcessed: &r.Counts.Processed, RecordsFailed: &r.Counts.Failed}
	if !r.CompletedAt.IsZero() {
		told.CompletedAt = &r.CompletedAt
	}
	return told.flat()
}
