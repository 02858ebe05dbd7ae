package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// startExport starts an export of the runs in c.
func startExport(t *testing.T, c *census, args ...string) (cmd *exec.Cmd, out, errs *transcript) {
	t.Helper()
	out, errs = new(transcript), new(transcript)
	cmd = exec.Command(program, append([]string{"export"}, args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = c.settings(), out, errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, out, errs
}

// An export that is killed and resumed several times contains each settled run exactly once.
func TestExportSurvivesKills(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{Seed: 5})
	dir := t.TempDir()
	since, file := time.Now().Add(-6*24*time.Hour).Truncate(time.Second), filepath.Join(dir, "runs.ndjson")
	args := []string{"--since", since.UTC().Format(time.RFC3339), "--cursor", filepath.Join(dir, "cursor"), "--to", file}
	kills := 0
	for size := int64(0); kills < 4; kills++ {
		cmd, _, errs := startExport(t, c, args...)
		until(t, "more rows", func() bool {
			info, err := os.Stat(file)
			return err == nil && info.Size() > size || strings.Contains(errs.String(), "done: ")
		})
		if info, err := os.Stat(file); err == nil {
			size = info.Size()
		}
		cmd.Process.Kill()
		cmd.Wait()
	}
	cmd, out, errs := startExport(t, c, args...)
	if err := cmd.Wait(); err != nil || out.String() != "" || !strings.Contains(errs.String(), "done: ") {
		t.Fatalf("%v: %s%s", err, out, errs)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int64]int{}
	for line := range strings.Lines(string(text)) {
		var r struct{ DatabaseID int64 }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		seen[r.DatabaseID]++
	}
	settled := time.Now().Add(-15 * time.Minute)
	all := 0
	for _, s := range c.Syncs() {
		for _, r := range c.Runs(s.ID) {
			ended := r.Status != "working" && r.Status != "queued" && !r.UpdatedAt.After(settled) && !r.CompletedAt.After(settled)
			if ended && !r.CreatedAt.Before(since) {
				if all++; seen[r.ID] != 1 {
					t.Errorf("run %d, created %s: exported %d times", r.ID, r.CreatedAt, seen[r.ID])
				}
			}
			if n := seen[r.ID]; n > 1 || n == 1 && r.CreatedAt.Before(since) {
				t.Errorf("run %d, created %s: exported %d times", r.ID, r.CreatedAt, n)
			}
		}
	}
	if all < 5000 {
		t.Errorf("only %d runs", all)
	}
	if strings.Contains(errs.String()+string(text), "CANARY") {
		t.Error("the output contains the token")
	}
}

// With --follow, rows are written to stdout as runs end, and SIGTERM ends the export with 0.
func TestExportFollows(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{Empty: true})
	sync := c.AddSync(sim.Sync{Label: "a", CreatedAt: time.Now().Add(-9 * time.Hour)})
	long := c.AddRun(sync, sim.Run{CreatedAt: time.Now().Add(-3 * time.Hour), Status: "working"})
	at := func(hours time.Duration) sim.Run {
		return sim.Run{CreatedAt: time.Now().Add(-hours * time.Hour), CompletedAt: time.Now().Add(-hours*time.Hour + time.Minute), UpdatedAt: time.Now().Add(-hours*time.Hour + time.Minute)}
	}
	c.AddRun(sync, at(2))
	cmd, out, errs := startExport(t, c, "--since", "2020-01-01T00:00:00Z", "--format", "csv", "--follow", "--every", "1s", "--sync", "1")
	rows := func(n int) func() bool { return func() bool { return strings.Count(out.String(), "\n") == n } }
	until(t, "the header and a row", rows(2))
	c.AddRun(sync, at(1))
	until(t, "a second row", rows(3))
	c.UpdateRun(long, func(r *sim.Run) {
		r.Status, r.CompletedAt, r.UpdatedAt = "failed", time.Now().Add(-time.Hour), time.Now().Add(-time.Hour)
	})
	until(t, "the long run", func() bool { return rows(4)() && strings.Contains(out.String(), "FAILED") })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(errs.String(), "stopped: 3 runs") {
		t.Errorf("%v: %s", err, errs)
	}
}

// A sync that cannot be read ends an export with an error that names it, because its runs would be
// missing. A command that would overwrite a file or mix two exports also fails.
func TestExportErrors(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{Empty: true})
	c.AddSync(sim.Sync{Label: "a"})
	c.AddSync(sim.Sync{Label: "b"})
	c.Inject(sim.Fault{Match: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/syncs/2/sync_runs") }, Do: sim.Refusal(403, "no")})
	dir := t.TempDir()
	existing, cursor, other := write(t, "existing", "precious"), filepath.Join(dir, "cursor"), filepath.Join(dir, "other")
	since := []string{"--since", "2026-01-01T00:00:00Z"}
	with := func(args ...string) []string { return append(append([]string{"export"}, since...), args...) }
	if _, errs, code := execute(t, c.settings(), with("--sync", "1", "--cursor", cursor, "--to", filepath.Join(dir, "runs"))...); code != 0 {
		t.Fatalf("ended with %d: %s", code, errs)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{with(), "2"},
		{with("--to", existing), "exists already"},
		{with("--sync", "1", "--cursor", cursor, "--to", other), "move that file away"},
		{with("--sync", "1", "--cursor", cursor), "give --to"},
		{with("--sync", "2", "--cursor", cursor, "--to", filepath.Join(dir, "runs")), "of the syncs"},
		{[]string{"export", "--since", "2025-01-01T00:00:00Z", "--sync", "1", "--cursor", cursor, "--to", filepath.Join(dir, "runs")}, "since"},
		{with("--cursor", existing), "not a cursor file"},
		{[]string{"export"}, "--since"},
		{[]string{"export", "--since", "yesterday"}, "RFC 3339"},
		{with("--format", "xlsx"), "--format"},
		{with("--every", "0s"), "--every"},
		{with("--check-config"), "--check-config"},
	} {
		out, errs, code := execute(t, c.settings(), tt.args...)
		if code != 1 || !strings.Contains(errs, tt.want) || strings.Contains(out+errs, "CANARY") {
			t.Errorf("%q: ended with %d: %s%s", tt.args, code, out, errs)
		}
	}
	if text, _ := os.ReadFile(existing); string(text) != "precious" {
		t.Errorf("the file holds %q", text)
	}
	if _, errs, code := execute(t, []string{"GATEWAY_PASS_THROUGH=true"}, with()...); code != 1 || !strings.Contains(errs, "GATEWAY_PASS_THROUGH") {
		t.Errorf("pass-through: ended with %d: %s", code, errs)
	}
}
