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

// stands are programs of a block's PATH in the place of real ones.
//
// census-gateway and "go run ." are the built program. Where they would serve,
// they do so on free ports of loopback, until they have said where; SIGTERM must
// then end them with 0.
//
// Of "go test" it is checked that the packages compile and have what the patterns
// name: .ci/run runs it all. The same script runs go generate. Other uses of go,
// by modules of the document's folder, are real.
const stands = `
serve() {
	unset GATEWAY_SIM_ADDR GATEWAY_ADMIN_ADDR
	: >"$BIN/out" # what an earlier one said
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

// outside stands for programs that act beyond this machine's folders: it wants the
// folders and files that it is told of to be in the checkout.
const outside = `
cd "$ROOT"
while [ $# -gt 0 ]; do
	case $1 in -f | -k) test -e "$2" ;; esac
	shift
done
`

const standsGo = stands + `
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

// shell runs a script in the document's folder and returns what it says on
// stdout. It fails with the first command that does.
func (d *doc) shell(t *testing.T, script string) string {
	t.Helper()
	bin := filepath.Join(d.dir, ".bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	const head = "#!/usr/bin/env bash\nset -euo pipefail\n"
	for name, text := range map[string]string{"go": head + standsGo, "census-gateway": head + stands + "program \"$@\"\n",
		"docker": head + outside, "kubectl": head + outside, "systemctl": head + outside, "install": head + outside} {
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
	if strings.HasPrefix(strings.TrimSpace(script), ".ci/run") { // that runs this test
		script = "test -x " + root + "/.ci/run\n"
	}
	pipes := "pipefail"
	if strings.Contains(script, "curl -sN") { // a stream ends when its reader has enough
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
	if strings.HasPrefix(out.String(), `{"errors":`) { // errors stand first
		t.Errorf("answered %s to\n%s", &out, script)
	}
	return out.String()
}

// script runs a block of commands. The gate runs the commands that fetch modules or install
// packages; here bash only parses them.
func (d *doc) script(t *testing.T, b block) {
	if needs := strings.Contains(b.text, "go get"); needs && os.Getenv("DOC_TOOLS") == "" {
		b.text = "if false; then\n" + b.text + "fi\n"
	}
	d.shell(t, b.text)
}

// transcript runs the commands of a block, each after "$ ", and compares what
// they say with what the block shows: see alike.
func (d *doc) transcript(t *testing.T, b block) {
	var command, shown string
	run := func() {
		if command != "" {
			said := d.shell(t, command)
			if err := alike(shown, said); err != "" {
				t.Errorf("%s:\n%s\nthe document shows\n%s\ngot\n%s", err, command, shown, said)
			}
		}
		command, shown = "", ""
	}
	for line := range strings.Lines(b.text) {
		switch rest, begins := strings.CutPrefix(line, "$ "); {
		case begins:
			run()
			command = rest
		case command != "" && shown == "" && goesOn(command):
			command += line
		default:
			shown += line
		}
	}
	run()
}

// goesOn reports whether a command continues on further lines.
func goesOn(command string) bool {
	command = strings.TrimSpace(command)
	return strings.HasSuffix(command, `\`) || strings.HasSuffix(command, "|") || strings.Count(command, "'")%2 == 1
}

var (
	status = regexp.MustCompile(`^[1-5][0-9][0-9]$`)
	digits = regexp.MustCompile(`[0-9]+`)
	word   = regexp.MustCompile(`[A-Z_]{2,}`)
)

// alike describes how the output differs from the output shown; "" if it does not. Made-up data
// changes over time, so values may differ. JSON must have the same names, a table the same forms
// in its first column, and other text must be the same except for digits.
func alike(shown, said string) string {
	if strings.HasPrefix(shown, "{") {
		var want, got any
		if err := json.Unmarshal([]byte(strings.ReplaceAll(shown, "\n", "")), &want); err != nil {
			return "the shown output is not JSON: " + err.Error()
		}
		if err := json.Unmarshal([]byte(said), &got); err != nil {
			return "the real output is not JSON: " + err.Error()
		}
		a, b := map[string]bool{}, map[string]bool{}
		names("", want, a)
		names("", got, b)
		for path := range a {
			if !b[path] {
				return "nothing was said of " + path
			}
		}
		for path := range b {
			if !a[path] {
				return "nothing is shown of " + path
			}
		}
		return ""
	}
	want, got := strings.Split(strings.TrimSpace(shown), "\n"), strings.Split(strings.TrimSpace(said), "\n")
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
			return "not shown: " + line
		}
	}
	return ""
}

// names collects the names in a value, with those that they stand in.
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
