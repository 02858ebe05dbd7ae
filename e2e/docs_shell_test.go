package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakePrograms are shell functions for the programs in a block's PATH that replace the real ones.
//
// census-gateway and "go run ." run the built program. A server listens on free ports of loopback
// until it has printed its addresses; then SIGTERM must end it with 0.
//
// "go test" only checks that the packages compile and that the patterns match a test: .ci/run runs
// them all. The same holds for go generate. Other uses of go run the real one, with modules in the
// document's folder.
const fakePrograms = `
serve() {
	unset GATEWAY_SIM_ADDR GATEWAY_ADMIN_ADDR
	: >"$BIN/out" # output of an earlier server
	"$PROGRAM" "$@" --addr 127.0.0.1:0 >"$BIN/out" 2>"$BIN/err" &
	for _ in $(seq 400); do
		grep -q "GraphQL at" "$BIN/out" && break
		kill -0 $! || { cat "$BIN/err" >&2; exit 1; }
		sleep 0.05
	done
	cat "$BIN/out"
	kill -TERM $!
	wait $!
}
program() {
	[ -z "${CENSUS_API_TOKEN+set}" ] || export CENSUS_BASE_URL="http://$SIM/api/v1"
	case " $* " in
	*" export "* | *" --help "* | *" --version "* | *" --check-config "* | *" --new-key "* | " compare-v2 "*) "$PROGRAM" "$@" ;;
	*) serve "$@" ;;
	esac
}
`

// fakeOther replaces programs that act outside this machine's folders. It checks that the files and
// folders in its arguments exist in the checkout.
const fakeOther = `
cd "$ROOT"
while [ $# -gt 0 ]; do
	case $1 in -f | -k) test -e "$2" ;; esac
	shift
done
`

const fakeGo = fakePrograms + `
case "$1 ${2:-}" in
"run .") if [ -e main.go ]; then exec "$GO" "$@"; fi; shift 2; program "$@" ;;
"build "*) cp "$BIN/census-gateway" census-gateway ;;
"generate "* | "vet "*) cd "$ROOT" && "$GO" list "${@:2}" >/dev/null ;;
"test "*)
	cd "$ROOT"
	"$GO" list "$2" >/dev/null
	while [ $# -gt 0 ]; do
		case $1 in
		./...) ;;
		. | ./*) packages+=("$1") ;;
		-bench | -run) [ "$2" = '^$' ] || found=$("$GO" test -list "$2" "${packages[@]}" | grep -E '^(Test|Benchmark)') ;;
		esac
		shift
	done
	;;
*) exec "$GO" "$@" ;;
esac
`

// shell runs a script in the document's folder and returns its stdout. The first failing command
// fails the test.
func (d *doc) shell(t *testing.T, script string) string {
	t.Helper()
	bin := filepath.Join(d.dir, ".bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	const head = "#!/usr/bin/env bash\nset -euo pipefail\n"
	for name, text := range map[string]string{"go": head + fakeGo, "census-gateway": head + fakePrograms + "program \"$@\"\n",
		"docker": head + fakeOther, "kubectl": head + fakeOther, "systemctl": head + fakeOther, "install": head + fakeOther} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(strings.TrimSpace(script), ".ci/run") { // it runs this test
		script = "test -x " + root + "/.ci/run\n"
	}
	pipes := "pipefail"
	if strings.Contains(script, "curl -sN") { // the reader ends a stream, which makes curl fail
		pipes = "errexit"
	}
	cmd := exec.Command("bash", "-euo", pipes, "-c", "set -- ; "+strings.ReplaceAll(script, "--addr :8080", "--addr 127.0.0.1:0"))
	cmd.Dir = d.dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GATEWAY_") || strings.HasPrefix(v, "CENSUS_") }),
		"PATH="+bin+":"+os.Getenv("PATH"), "BIN="+bin, "ROOT="+root, "GO="+tool, "PROGRAM="+program, "SIM="+d.sim, "GOFLAGS=", "SUBJECT=somebody")
	var out, errOut strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errOut
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(3*time.Minute, func() { cmd.Process.Kill() })
	err = cmd.Wait()
	stop.Stop()
	if err != nil {
		t.Errorf("%v\n%s%s\nof\n%s", err, &out, &errOut, script)
	}
	if strings.HasPrefix(out.String(), `{"errors":`) { // errors come first
		t.Errorf("answered %s to\n%s", &out, script)
	}
	return out.String()
}

// script runs a block of commands. Commands that fetch modules or install packages run only in CI;
// elsewhere bash only parses them.
func (d *doc) script(t *testing.T, b block) {
	if needs := strings.Contains(b.text, "go get"); needs && os.Getenv("DOC_TOOLS") == "" {
		b.text = "if false; then\n" + b.text + "fi\n"
	}
	d.shell(t, b.text)
}

// transcript runs the commands of a block, each after "$ ", and compares their output with the
// block: see compareOutput.
func (d *doc) transcript(t *testing.T, b block) {
	var command, shown string
	run := func() {
		if command != "" {
			real := d.shell(t, command)
			if err := compareOutput(shown, real); err != "" {
				t.Errorf("%s:\n%s\nthe document shows\n%s\ngot\n%s", err, command, shown, real)
			}
		}
		command, shown = "", ""
	}
	for line := range strings.Lines(b.text) {
		switch rest, begins := strings.CutPrefix(line, "$ "); {
		case begins:
			run()
			command = rest
		case command != "" && shown == "" && continues(command):
			command += line
		default:
			shown += line
		}
	}
	run()
}

// continues reports whether a command continues on further lines.
func continues(command string) bool {
	command = strings.TrimSpace(command)
	return strings.HasSuffix(command, `\`) || strings.HasSuffix(command, "|") || strings.Count(command, "'")%2 == 1
}

var (
	status = regexp.MustCompile(`^[1-5][0-9][0-9]$`)
	digits = regexp.MustCompile(`[0-9]+`)
	word   = regexp.MustCompile(`[A-Z_]{2,}`)
)

// compareOutput describes how the real output differs from the shown output; "" if it does not. The
// simulated data changes over time, so values may differ. JSON must have the same names, a table
// the same forms in its first column, and other text must be equal except for digits.
func compareOutput(shown, real string) string {
	if strings.HasPrefix(shown, "{") {
		var want, got any
		if err := json.Unmarshal([]byte(strings.ReplaceAll(shown, "\n", "")), &want); err != nil {
			return "the shown output is not JSON: " + err.Error()
		}
		if err := json.Unmarshal([]byte(real), &got); err != nil {
			return "the real output is not JSON: " + err.Error()
		}
		a, b := map[string]bool{}, map[string]bool{}
		names("", want, a)
		names("", got, b)
		for path := range a {
			if !b[path] {
				return "missing in the real output: " + path
			}
		}
		for path := range b {
			if !a[path] {
				return "missing in the document: " + path
			}
		}
		return ""
	}
	want, got := strings.Split(strings.TrimSpace(shown), "\n"), strings.Split(strings.TrimSpace(real), "\n")
	form := func(line string) string {
		if line = strings.TrimSuffix(line, "\r"); status.MatchString(line) {
			return line
		}
		if first, _, table := strings.Cut(line, "\t"); table {
			line = word.ReplaceAllString(first, "A")
		}
		return digits.ReplaceAllString(line, "0")
	}
	forms := map[string]bool{}
	for _, line := range want {
		forms[form(line)] = true
	}
	if strings.Contains(shown, "\t") {
		forms[""] = true // a table may be empty
	}
	for _, line := range got {
		if !forms[form(line)] {
			return "not in the document: " + line
		}
	}
	return ""
}

// names collects the paths of all names in a value.
func names(path string, value any, to map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			to[path+"."+name] = true
			names(path+"."+name, inner, to)
		}
	case []any:
		for _, inner := range value {
			names(path, inner, to)
		}
	}
}
