package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The health check succeeds while the gateway accepts requests. It fails, with one line, while the
// gateway drains or is not running.
func TestHealthcheck(t *testing.T) {
	t.Parallel()
	g := start(t, "GATEWAY_LAME_DUCK=3s")
	at := "GATEWAY_ADMIN_ADDR=" + strings.TrimPrefix(g.admin, "http://")
	if out, errs, code := execute(t, []string{at}, "healthcheck"); code != 0 || out+errs != "" {
		t.Errorf("serving: ended with %d: %s%s", code, out, errs)
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(g.admin, "http://"), ":")
	if _, errs, code := execute(t, nil, "healthcheck", "--admin-addr", ":"+port); code != 0 {
		t.Errorf("of all interfaces: ended with %d: %s", code, errs)
	}
	g.signal(t, syscall.SIGTERM)
	until(t, "not ready", func() bool { return g.ready() == 503 })
	if _, errs, code := execute(t, []string{at}, "healthcheck"); code != 1 || !strings.Contains(errs, "503") || strings.Count(errs, "\n") != 1 {
		t.Errorf("draining: ended with %d: %s", code, errs)
	}
	g.end(t)
	if _, errs, code := execute(t, []string{at}, "healthcheck"); code != 1 || strings.Count(errs, "\n") != 1 {
		t.Errorf("gone: ended with %d: %s", code, errs)
	}
	if _, errs, code := execute(t, nil, "healthcheck"); code != 1 || !strings.Contains(errs, "GATEWAY_ADMIN_ADDR") {
		t.Errorf("nowhere: ended with %d: %s", code, errs)
	}
}

// Unknown commands, and commands that are not the first argument, are rejected with a list of the
// commands. --help also names them.
func TestCommands(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"CANARY"}, {"--max-depth", "5", "healthcheck"}, {"healthcheck", "CANARY"}} {
		out, errs, code := execute(t, nil, args...)
		if code != 1 || !strings.Contains(errs, "healthcheck") || strings.Contains(out+errs, "CANARY") || strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: ended with %d: %s%s", args, code, out, errs)
		}
	}
	if out, _, code := execute(t, nil, "--help"); code != 0 || !strings.Contains(out, "Commands: ") || !strings.Contains(out, "--max-depth") {
		t.Errorf("--help: ended with %d: %s", code, out)
	}
	if out, _, code := execute(t, nil, "healthcheck", "--help"); code != 0 || !strings.Contains(out, "--admin-addr") || strings.Contains(out, "--max-depth") {
		t.Errorf("healthcheck --help: ended with %d: %s", code, out)
	}
}

// A release sets its version by linker flags, because it may be built without a checkout.
func TestStampedVersion(t *testing.T) {
	t.Parallel()
	stamped := filepath.Join(t.TempDir(), "census-gateway")
	const at = "census-gateway/edge/observe."
	if out, err := compile(stamped, "-X "+at+"stampedVersion=v9.8.7 -X "+at+"stampedCommit=0123abc").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := exec.Command(stamped, "--version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "census-gateway v9.8.7, commit 0123abc, go1.") {
		t.Errorf("%v: %s", err, out)
	}
}
