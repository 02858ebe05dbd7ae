package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// A block is a fenced block of a document.
type block struct {
	kind string // the word after the fence
	text string
	line int // of the document, from 1
}

// A doc is one document under test. Its blocks run in order, with their own folder and gateway.
type doc struct {
	gateway *gateway
	sim     string // HOST:PORT of the simulated Census
	dir     string
}

// blockChecks has the check for each kind of block. Every block must have a check.
var blockChecks = map[string]func(d *doc, t *testing.T, b block){
	"sh":      (*doc).script,
	"console": (*doc).transcript,
	"graphql": (*doc).operations,
	"nginx":   (*doc).nginx,
	"js":      (*doc).javaScript,
	"go":      func(d *doc, t *testing.T, b block) { d.writeFile(t, b) }, // a later block of the same document runs it
	"yaml":    (*doc).yaml,
	"json":    (*doc).json,
	"text":    func(*doc, *testing.T, block) {}, // a diagram
}

// Every command, query and file in the documents works unchanged with the built program and a
// simulated Census.
//
//	DOC_TOOLS=yes go test ./e2e -run Docs
//
// also runs the blocks that need nginx, or modules that the gateway does not use.
func TestDocs(t *testing.T) {
	files, _ := filepath.Glob("../docs/*.md")
	files = append(files, "../README.md", "../CONTRIBUTING.md")
	if len(files) < 6 {
		t.Fatalf("only %d documents", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			blocks := blocksOf(t, string(text))
			if len(blocks) == 0 {
				return
			}
			d := &doc{gateway: start(t, "GATEWAY_SIM_ADDR=127.0.0.1:0", "GATEWAY_CORS_ORIGINS=https://app.example.com", "GATEWAY_WEBHOOK_SECRETS=REPLACE_ME"), dir: t.TempDir()}
			d.sim = d.gateway.out.wait(t, `REST API at http://([^/\s]+)`)
			for _, b := range blocks {
				t.Run("line "+strconv.Itoa(b.line), func(t *testing.T) {
					check := blockChecks[b.kind]
					if check == nil {
						t.Fatalf("no check for blocks of kind %q; add one to blockChecks", b.kind)
					}
					b.text = d.substitute(b.text)
					check(d, t, b)
				})
			}
		})
	}
}

// blocksOf returns the fenced blocks of a document.
func blocksOf(t *testing.T, text string) (blocks []block) {
	var in *block
	for i, line := range strings.Split(text, "\n") {
		fence, is := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case is && in == nil:
			in = &block{kind: fence, line: i + 1}
		case is:
			blocks, in = append(blocks, *in), nil
		case in != nil:
			in.text += line + "\n"
		}
	}
	if in != nil {
		t.Fatalf("the block of line %d does not end", in.line)
	}
	return blocks
}

// substitute replaces the addresses, folder and dates in the documents by those of this test.
func (d *doc) substitute(text string) string {
	return strings.NewReplacer("127.0.0.1:8080", d.gateway.host, "127.0.0.1:8081", d.sim,
		"127.0.0.1:9090", strings.TrimPrefix(d.gateway.admin, "http://"), "/etc/census-gateway", d.dir,
		"2026-11-28T00:00:00Z", time.Now().Add(-24*time.Hour).UTC().Format("2006-01-02T15:00:00Z")).Replace(text)
}

// operations sends every operation of a block, with a value for each required variable, and expects
// data without errors.
func (d *doc) operations(t *testing.T, b block) {
	d.writeFile(t, b)
	query, err := parser.ParseQuery(&ast.Source{Input: b.text})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]any{"since": time.Now().Add(-24 * time.Hour).UTC().Format(time.RFC3339), "id": "Sync:52"}
	for _, op := range query.Operations {
		if op.Operation == ast.Subscription {
			first := "id: " // the first cursor
			if strings.Contains(b.text, "alertChanged") {
				first = ":" // the first comment: the simulated Census may have no change of an alert for hours
			}
			if status, lines := d.gateway.subscribeSSE(t, b.text); status != 200 || !waitForLine(t, lines, first) {
				t.Errorf("%s: %d", op.Name, status)
			}
			continue
		}
		variables := map[string]any{}
		for _, v := range op.VariableDefinitions {
			if value, known := values[v.Variable]; known {
				variables[v.Variable] = value
			} else if v.Type.NonNull && v.DefaultValue == nil {
				t.Errorf("add a value for $%s to this test", v.Variable)
			}
		}
		text, err := json.Marshal(map[string]any{"query": b.text, "operationName": op.Name, "variables": variables})
		if err != nil {
			t.Fatal(err)
		}
		d.gateway.post(t, string(text)).answered(t)
	}
}

var (
	comment = regexp.MustCompile(`^(?://|#) (\S+\.\w+)\n`)
	imports = regexp.MustCompile(`(?m)^import .* from ['"]([^'"]+)['"]`)
)

// writeFile writes a block to the file that its first line names, if it names one.
func (d *doc) writeFile(t *testing.T, b block) string {
	name := comment.FindStringSubmatch(b.text)
	if name == nil {
		return ""
	}
	path := filepath.Join(d.dir, name[1])
	if err := os.WriteFile(path, []byte(b.text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// javaScript runs a module without packages. It checks only the syntax of a module that needs
// packages or is part of a project.
func (d *doc) javaScript(t *testing.T, b block) {
	path := filepath.Join(d.dir, "line"+strconv.Itoa(b.line)+".mjs")
	if err := os.WriteFile(path, []byte(b.text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{path}
	if imports.MatchString(b.text) || comment.MatchString(b.text) {
		args = []string{"--check", path}
	}
	out, err := exec.Command("node", args...).CombinedOutput()
	if err != nil || len(args) == 1 && len(out) == 0 {
		t.Errorf("node: %v: %s", err, out)
	}
}

// json expects valid JSON; {…} stands for any object.
func (d *doc) json(t *testing.T, b block) {
	if text := strings.ReplaceAll(b.text, "{…}", "{}"); !json.Valid([]byte(text)) {
		t.Errorf("invalid JSON: %s", text)
	}
}

var (
	probe  = regexp.MustCompile(`path: (/\S+?)[,}\s]`)
	codes  = regexp.MustCompile(`code=~?"([^"]+)"`)
	metric = regexp.MustCompile(`census_(?:gateway_(\w+?)(?:_bucket)?|((?:sync_|syncs|up|watch_)\w*))\b[^\w]`)
)

// yaml compares probes, codes and metrics with those of the gateway. It writes files for later
// blocks.
func (d *doc) yaml(t *testing.T, b block) {
	found := d.writeFile(t, b) != ""
	for _, m := range probe.FindAllStringSubmatch(b.text, -1) {
		found = true
		if a := do(t, "GET", d.gateway.admin+m[1], ""); a.status != 200 {
			t.Errorf("%s: %d", m[1], a.status)
		}
	}
	for _, m := range codes.FindAllStringSubmatch(b.text, -1) {
		for code := range strings.SplitSeq(m[1], "|") {
			if code != "OK" && !slices.Contains(documentedCodes(), code) {
				t.Errorf("no code %s", code)
			}
		}
	}
	explained, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range metric.FindAllStringSubmatch(b.text, -1) {
		found = true
		if !strings.Contains(string(explained), "`"+m[1]+m[2]+"`") {
			t.Errorf("docs/operations.md has no metric %s", m[0])
		}
	}
	if !found {
		t.Error("the block has no file name, probe or metric that could be checked")
	}
}
