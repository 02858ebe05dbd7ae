package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/graph"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// A world is a simulated workspace that changes while its runs are exported.
type world struct {
	*rapid.T
	census            *sim.Census
	dir               string
	o                 Options
	since             time.Time
	requestsUntilKill int // requests until the process is killed; below 0: it is not killed
	kill              context.CancelFunc
	before            []byte // the cursor file before the last commit; nil: there was none
	last              []byte
	batches           []string       // files that were moved away
	pruned            map[int64]bool // runs that Census has deleted
	syncs             []int64
	open              []int64 // runs in progress
}

func newWorld(rt *rapid.T, dir string) *world {
	w := &world{T: rt, dir: dir, requestsUntilKill: -1, pruned: map[int64]bool{}, since: time.Now().Add(-time.Hour),
		census: sim.New(sim.Options{Empty: true, MaxPerPage: rapid.SampledFrom([]int{100, 7}).Draw(rt, "rows of a page")})}
	client := upstream.New("", upstream.Options{BaseURL: sim.Base(), Transport: w.census.Transport(), PageCache: 8 << 20, Freshness: 5 * time.Second})
	h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{})
	if err != nil {
		rt.Fatal(err)
	}
	w.o = Options{Since: w.since.UTC().Format(time.RFC3339), Format: rapid.SampledFrom([]string{"ndjson", "csv"}).Draw(rt, "format"),
		To: filepath.Join(dir, "runs"), Cursor: filepath.Join(dir, "cursor"), Progress: io.Discard, pageSize: rapid.SampledFrom([]int{1, 3, 50}).Draw(rt, "page"),
		Ask: func(ctx context.Context, query string, variables map[string]any) ([]byte, error) {
			w.before, w.last = w.last, w.read("cursor")
			if w.requestsUntilKill == 0 {
				w.kill()
				return nil, ctx.Err()
			}
			w.requestsUntilKill--
			body, _ := json.Marshal(map[string]any{"query": query, "variables": variables})
			r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", bytes.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			a := httptest.NewRecorder()
			h.ServeHTTP(a, r)
			return a.Body.Bytes(), nil
		}}
	for range rapid.IntRange(1, 3).Draw(rt, "syncs") {
		w.syncs = append(w.syncs, w.census.AddSync(sim.Sync{Label: "a"}))
	}
	return w
}

func (w *world) read(name string) []byte {
	text, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.Fatal(err)
	}
	return text
}

// change changes something in Census, or lets time pass.
func (w *world) change() {
	switch sync := rapid.SampledFrom(w.syncs).Draw(w.T, "sync"); rapid.SampledFrom([]string{"run", "run", "run", "long", "end", "wait", "forget", "new sync"}).Draw(w.T, "change") {
	case "run":
		for range rapid.IntRange(1, 9).Draw(w.T, "runs") {
			w.census.AddRun(sync, sim.Run{Status: rapid.SampledFrom([]string{"completed", "failed", "skipped"}).Draw(w.T, "status")})
			time.Sleep(time.Duration(rapid.SampledFrom([]int{0, 1, 60_000}).Draw(w.T, "ms")) * time.Millisecond)
		}
	case "long":
		w.open = append(w.open, w.census.AddRun(sync, sim.Run{Status: "working"}))
	case "end":
		if len(w.open) > 0 {
			w.end(w.open[0])
			w.open = w.open[1:]
		}
	case "wait":
		time.Sleep(time.Duration(rapid.IntRange(1, 40).Draw(w.T, "minutes")) * time.Minute)
	case "forget":
		n := rapid.IntRange(1, 3).Draw(w.T, "oldest")
		for _, r := range w.census.Runs(sync)[:min(n, len(w.census.Runs(sync)))] {
			w.pruned[r.ID] = true
		}
		w.census.Prune(sync, n)
	case "new sync":
		w.syncs = append(w.syncs, w.census.AddSync(sim.Sync{Label: "b"}))
	}
}

func (w *world) end(run int64) {
	w.census.UpdateRun(run, func(r *sim.Run) {
		r.Status, r.CompletedAt, r.UpdatedAt = "completed", time.Now(), time.Now()
		r.Counts.Updated = run
	})
}

// export runs the program once and may kill it. After a kill, the file may hold more than the
// cursor file records, such as complete rows or half a row.
func (w *world) export(mayDie bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.kill, w.requestsUntilKill, w.before, w.last = cancel, -1, nil, nil
	if mayDie {
		w.requestsUntilKill = rapid.IntRange(0, 6).Draw(w.T, "killed at")
	}
	err := Run(ctx, w.o)
	switch killed := ctx.Err() != nil; {
	case err != nil && !killed:
		w.Fatalf("ended with %v", err)
	case err == nil && rapid.Bool().Draw(w.T, "loaded"): // a loader moves the file away
		batch := filepath.Join(w.dir, "batch"+strconv.Itoa(len(w.batches)))
		if os.Rename(w.o.To, batch) == nil {
			w.batches = append(w.batches, batch)
		}
	case killed:
		switch rapid.SampledFrom([]string{"", "tail", "between"}).Draw(w.T, "how") {
		case "tail":
			f, err := os.OpenFile(w.o.To, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				w.Fatal(err)
			}
			f.WriteString(`{"id":"SyncRun:1","databaseId":42` + strings.Repeat("\nSyncRun:2,2,2", 3))
			f.Close()
		case "between": // the rows are on disk, the cursor is not
			if w.before != nil {
				os.WriteFile(w.o.Cursor, w.before, 0o600)
			}
		}
	}
}

// rows returns the databaseIds in all files, with the number of records updated.
func (w *world) rows() (ids []int64, updated map[int64]string) {
	updated = map[int64]string{}
	for _, file := range append(slices.Clone(w.batches), w.o.To) {
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue
		} else if err != nil {
			w.Fatal(err)
		}
		add := func(id, n string) {
			number, err := strconv.ParseInt(id, 10, 64)
			if err != nil {
				w.Fatalf("%s: %v", file, err)
			}
			ids, updated[number] = append(ids, number), n
		}
		if w.o.Format == "csv" {
			rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
			if err != nil || len(rows) > 0 && !slices.Equal(rows[0], columns) {
				w.Fatalf("%s: %v: %s", file, err, text)
			}
			for _, row := range rows[min(1, len(rows)):] {
				add(row[1], row[slices.Index(columns, "recordsUpdated")])
			}
			continue
		}
		for line := range strings.Lines(string(text)) {
			var r struct{ DatabaseID, RecordsUpdated json.Number }
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				w.Fatalf("%s: %v: %s", file, err, line)
			}
			add(r.DatabaseID.String(), r.RecordsUpdated.String())
		}
	}
	return ids, updated
}

// The files of an export together contain each settled run exactly once, in its final state. This
// holds after any number of kills, for any incomplete rows in a file, and if files are moved away.
func TestLawExactlyOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "export")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		var failed any
		synctest.Test(t, func(*testing.T) {
			defer time.Sleep(time.Minute)
			defer func() { failed = recover() }()
			time.Sleep(2 * time.Hour)
			w := newWorld(rt, dir)
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				w.change()
				if rapid.Bool().Draw(rt, "export") {
					w.export(rapid.Bool().Draw(rt, "may die"))
				}
			}
			for _, run := range w.open {
				w.end(run)
			}
			time.Sleep(time.Hour)
			w.export(false)
			w.export(false)
			ids, updated := w.rows()
			seen := map[int64]bool{}
			for _, id := range ids {
				if seen[id] {
					rt.Fatalf("run %d was exported twice", id)
				}
				seen[id] = true
			}
			for _, sync := range w.syncs {
				for _, r := range w.census.Runs(sync) {
					if !seen[r.ID] && !r.CreatedAt.Before(w.since) {
						rt.Fatalf("run %d was not exported", r.ID)
					}
					if n := updated[r.ID]; r.Status == "completed" && n != strconv.FormatInt(r.Counts.Updated, 10) {
						rt.Fatalf("run %d was exported with %s records, it has %d", r.ID, n, r.Counts.Updated)
					}
					delete(seen, r.ID)
				}
			}
			for id := range seen {
				if !w.pruned[id] {
					rt.Fatalf("run %d was exported, but does not exist", id)
				}
			}
		})
		if failed != nil {
			panic(failed)
		}
	})
}
