package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// The program of the image runs without anything else: no library, no shell, no /etc/hosts, no
// writable file, and no privileges. So does its health check.
func TestImage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../deploy/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	env := strings.Fields(regexp.MustCompile(`(?m)^ENV (.+)$`).FindStringSubmatch(string(text))[1])
	check := regexp.MustCompile(`(?m)^HEALTHCHECK .*CMD \["/census-gateway", "(\w+)"\]$`).FindStringSubmatch(string(text))[1]
	root := t.TempDir()
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "census-gateway"), data, 0o555); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{root, filepath.Dir(root)} { // so that uid 65532 can enter it
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	inside := func(env []string, args ...string) *exec.Cmd {
		cmd := exec.Command("/census-gateway", args...)
		cmd.Dir, cmd.Env = "/", env
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
		if os.Getuid() == 0 {
			cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65532, Gid: 65532}
		} else {
			cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		}
		return cmd
	}
	var out, log transcript
	cmd := inside(append(env, "GATEWAY_SIMULATE=true", "GATEWAY_ADDR=127.0.0.1:0", "GATEWAY_ADMIN_ADDR=127.0.0.1:0", "GATEWAY_LAME_DUCK=0s"))
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	g := &gateway{host: out.wait(t, `GraphQL at http://(\S+)/graphql\n`)}
	g.query(t, `{sync(id:52){label runStats(filter:{createdSince:"2026-01-01T00:00:00Z"}){series(bucket:WEEK timeZone:"Europe/Berlin"){startsAt}}}}`, nil).answered(t)
	admin := out.wait(t, `health at http://(\S+)/metrics`)
	if output, err := inside([]string{"GATEWAY_ADMIN_ADDR=" + admin}, check).CombinedOutput(); err != nil {
		t.Errorf("%s: %v: %s", check, err, output)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, log.String())
	}
}

// The image's build context contains every file of the build, and nothing secret or large.
func TestDockerignorePassesAllSources(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../deploy/Dockerfile.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(text))
	if lines[0] != "*" {
		t.Fatal("the first line must be *, which excludes everything")
	}
	passes := func(file string) bool {
		top, _, _ := strings.Cut(file, "/")
		in := slices.ContainsFunc(lines, func(l string) bool {
			ok, _ := filepath.Match(strings.TrimPrefix(l, "!"), top)
			return l[0] == '!' && ok
		})
		return in && !strings.HasSuffix(file, "_test.go") && !strings.Contains("/"+file, "/testdata/")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	const files = `{{$p := .}}{{with .Module}}{{if .Main}}{{range $p.GoFiles}}{{$p.Dir}}/{{.}}{{"\n"}}{{end}}{{range $p.EmbedFiles}}{{$p.Dir}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`
	var errOut bytes.Buffer
	list := exec.Command("go", "list", "-deps", "-f", files, "census-gateway")
	list.Stderr = &errOut
	out, err := list.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &errOut)
	}
	seen := 0
	for file := range strings.FieldsSeq(string(out)) {
		seen++
		if name := strings.TrimPrefix(file, root+"/"); !passes(name) {
			t.Errorf("%s is part of the build, but deploy/Dockerfile.dockerignore excludes it", name)
		}
	}
	if seen < 100 || passes("docs/deploy.md") || passes(".git/config") || passes("graph/testdata/stories/a.md") {
		t.Errorf("%d files pass", seen)
	}
}

// Every metric and code in the rules and dashboards of deploy/ exists.
func TestDeployUsesExistingMetrics(t *testing.T) {
	t.Parallel()
	explained, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = filepath.WalkDir("../deploy", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.HasSuffix(path, ".json") {
			checkQueries(t, path, text)
		}
		for _, m := range metric.FindAllSubmatch(text, -1) {
			seen++
			if !strings.Contains(string(explained), fmt.Sprintf("`%s%s`", m[1], m[2])) {
				t.Errorf("%s: docs/operations.md has no metric %s", path, m[0])
			}
		}
		for _, m := range codes.FindAllSubmatch(text, -1) {
			for code := range strings.SplitSeq(string(m[1]), "|") {
				if code != "OK" && !slices.Contains(documentedCodes(), code) {
					t.Errorf("%s: no code %s", path, code)
				}
			}
		}
		return err
	})
	if err != nil || seen < 60 {
		t.Errorf("%d metrics, %v", seen, err)
	}
}

// checkQueries checks every query of a dashboard with promtool.
func checkQueries(t *testing.T, path string, text []byte) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		return // CI has it
	}
	var board struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	type rule map[string]string
	var rules []rule
	for _, p := range board.Panels {
		for _, q := range p.Targets {
			rules = append(rules, rule{"record": fmt.Sprintf("r%d", len(rules)), "expr": strings.ReplaceAll(q.Expr, "$__rate_interval", "1m")})
		}
	}
	file := filepath.Join(t.TempDir(), "rules.json") // JSON is valid YAML
	all, err := json.Marshal(map[string]any{"groups": []any{map[string]any{"name": "a", "rules": rules}}})
	if err == nil {
		err = os.WriteFile(file, all, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command(promtool, "check", "rules", file).CombinedOutput(); err != nil || len(rules) < 10 {
		t.Errorf("%s: %d queries: %v: %s", path, len(rules), err, output)
	}
}
