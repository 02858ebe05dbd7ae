// Package e2e runs the built program and sends it requests over real sockets, as clients, browsers,
// operators and attackers do. It tests the statements of docs/operations.md.
//
// In every test, each answer must be fast and small, have only errors with documented codes, and
// contain no internals (see check). Each program must be alive at the end of its test, must not
// have panicked, and must exit with 0 on SIGTERM (see start).
package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the path of the built program.
var program string

func TestMain(m *testing.M) { os.Exit(build(m)) }

// build builds the program, runs the tests and removes it again.
func build(m *testing.M) int {
	flag.Parse()
	// Slow tests wait for timeouts and need little CPU time.
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		p.Value.Set("16")
	}
	dir, err := os.MkdirTemp("", "census-gateway-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "census-gateway")
	if out, err := compile(program, "").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// compile returns the build command of a release, with further linker flags.
func compile(to, flags string) *exec.Cmd {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w "+flags, "-o", to, "census-gateway")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	return cmd
}
