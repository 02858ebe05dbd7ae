package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// Every link between documents, and to files, leads to something that exists.
func TestDocsLinks(t *testing.T) {
	files, _ := filepath.Glob("../docs/*.md")
	files = append(files, "../README.md", "../CONTRIBUTING.md", "../CHANGELOG.md")
	seen := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			seen++
			path, anchor, anchored := strings.Cut(m[1], "#")
			target := filepath.Join(filepath.Dir(file), path)
			if path == "" {
				target = file
			}
			data, err := os.ReadFile(target)
			if err != nil {
				t.Errorf("%s: %s: %v", file, m[1], err)
			} else if anchored && !slices.Contains(slugs(string(data)), anchor) {
				t.Errorf("%s: %s: no such heading", file, m[1])
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d links", seen)
	}
}

// slugs returns the anchors of a document's headings.
func slugs(text string) (all []string) {
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return all
}
