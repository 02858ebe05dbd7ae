package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rooms lists each folder with the folders of ours that it may import. Tests may import more,
// since they put rooms together.
var rooms = map[string][]string{
	".":               {"edge", "export", "graph", "internal", "mcp", "redis", "settings", "upstream", "upstream/calls"},
	"graph":           {"internal", "upstream", "upstream/calls", "upstream/census", "upstream/paging"},
	"settings":        {"edge", "redis", "upstream", "upstream/calls"},
	"internal":        {},
	"upstream":        {"internal", "upstream/calls", "upstream/census", "upstream/paging"},
	"upstream/calls":  {"internal"},
	"upstream/census": {"internal"},
	"upstream/paging": {"internal"},
	"upstream/sim":    {},
	"edge":            {"internal"},
	"compare":         {},
	"export":          {},
	"mcp":             {},
	"redis":           {},
}

// room returns the room of a folder: the longest name in rooms that contains it.
func room(dir string) string {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, ok := rooms[dir]; ok {
			return dir
		}
	}
	return "."
}

func TestRooms(t *testing.T) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (file == "tools" || file == "examples" || strings.HasPrefix(d.Name(), ".") && file != "."):
			return fs.SkipDir
		case d.IsDir() && path.Dir(filepath.ToSlash(file)) == "upstream" && rooms[filepath.ToSlash(file)] == nil:
			t.Errorf("%s is missing in rooms: list the folders that it may import", file)
			return nil
		case !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from := room(filepath.ToSlash(filepath.Dir(file)))
		for _, i := range f.Imports {
			imported, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), "census-gateway/")
			if !ours {
				continue
			}
			to := room(imported)
			if from != to && from != "." && !slices.Contains(rooms[from], to) {
				t.Errorf("%s imports %s, but %s may import only %q", file, imported, from, rooms[from])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
