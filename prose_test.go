package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// widest is how many columns a line of prose may have.
const widest = 100

// unplain matches phrases that a reader has to decode.
var unplain = regexp.MustCompile(`\b(it|that|which|one) is none\b|\bare none\b|\bcounts? for nothing\b|\bmay not go together\b|\bis no DateTime\b|` +
	`\bwants? to know\b|\bkeeps? out\b|\bof no (matter|use)\b|\bis no more\b|\bcannot be[.;,:]|` +
	`(^|[.!;:] )(What|Who|Whoever|Whatever) [^.?!]*[.!]( |$)`) // a clause as the subject

// Documents, comments and the schema's descriptions have no line over 100 columns and no
// phrase of unplain. In tests, only the columns are checked.
func TestProse(t *testing.T) {
	walk(t, func(file string) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		switch path := filepath.ToSlash(file); {
		case strings.HasSuffix(path, ".md"):
			checkProse(t, file, documentProse(string(text)))
		case path == "schema.graphqls":
			checkProse(t, file, descriptions(string(text)))
		case strings.HasSuffix(path, ".go") && path != "prose_test.go" && !generated.Match(text):
			checkProse(t, file, comments(string(text)))
		}
	})
}

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// walk calls f for each file of the project, except those of dependencies.
func walk(t *testing.T, f func(file string)) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && file != "."):
			return fs.SkipDir
		case !d.IsDir():
			f(file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A paragraph contains consecutive lines of prose.
type paragraph struct {
	line  int // number of the first line, from 1
	lines []string
}

func checkProse(t *testing.T, file string, paragraphs []paragraph) {
	for _, p := range paragraphs {
		var text []string
		for i, line := range p.lines {
			if n := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")); n > widest && strings.Contains(strings.TrimLeft(line, " \t/"), " ") {
				t.Errorf("%s:%d has %d columns; wrap prose at %d", file, p.line+i, n, widest)
			}
			text = append(text, strings.TrimLeft(line, " \t/"))
		}
		if found := unplain.FindString(strings.Join(text, " ")); found != "" && !strings.HasSuffix(file, "_test.go") {
			t.Errorf("%s:%d: %q; say who does what", file, p.line, found)
		}
	}
}

// paragraphsOf splits text at each line for which is returns false.
func paragraphsOf(text string, is func(line string) bool) (out []paragraph) {
	open := false
	for i, line := range strings.Split(text, "\n") {
		if !is(line) {
			open = false
			continue
		}
		if !open {
			out = append(out, paragraph{line: i + 1})
			open = true
		}
		last := &out[len(out)-1]
		last.lines = append(last.lines, line)
	}
	return out
}

// documentProse returns the prose of a Markdown document, without code, tables and links.
func documentProse(text string) []paragraph {
	code := false
	return paragraphsOf(text, func(line string) bool {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
			return false
		}
		return !code && strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, "[") && !strings.HasPrefix(line, "![")
	})
}

func descriptions(text string) []paragraph {
	in := false
	return paragraphsOf(text, func(line string) bool {
		switch strings.Count(line, `"""`) {
		case 1:
			in = !in
			return false
		case 2:
			return true
		}
		return in && strings.TrimSpace(line) != ""
	})
}

func comments(text string) []paragraph {
	return paragraphsOf(text, func(line string) bool {
		line = strings.TrimLeft(line, " \t")
		rest, is := strings.CutPrefix(line, "//")
		return is && rest != "" && (rest[0] == ' ' && !strings.HasPrefix(rest, "  "))
	})
}

// Every exported name has a comment.
func TestExportedNamesAreDescribed(t *testing.T) {
	walk(t, func(file string) {
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasPrefix(filepath.ToSlash(file), "tools/") {
			return
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if ast.IsGenerated(parsed) {
			return
		}
		for _, decl := range parsed.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || exportedReceiver(d.Recv)) && !implements[d.Name.Name] {
					t.Errorf("%s: %s has no comment", file, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
							t.Errorf("%s: %s has no comment", file, s.Name.Name)
						}
					case *ast.ValueSpec:
						if first := d.Specs[0].(*ast.ValueSpec); first.Type != nil { // the comment of the type is enough
							continue
						}
						for _, name := range s.Names {
							if name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
								t.Errorf("%s: %s has no comment", file, name.Name)
							}
						}
					}
				}
			}
		}
	})
}

// implements lists methods of well-known interfaces. They need no comment.
var implements = map[string]bool{"Error": true, "Unwrap": true, "String": true, "Is": true, "ServeHTTP": true, "Write": true, "Read": true,
	"Close": true, "Header": true, "WriteHeader": true, "Flush": true, "RoundTrip": true, "MarshalGQL": true, "UnmarshalGQL": true,
	"ExtensionName": true, "Validate": true, "Value": true, "Len": true}

func exportedReceiver(recv *ast.FieldList) bool {
	typ := recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if index, ok := typ.(*ast.IndexExpr); ok {
		typ = index.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}
